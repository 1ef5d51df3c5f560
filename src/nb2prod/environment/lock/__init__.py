"""From exact pins to a lock: everything that they require, at one version each and with hashes."""
