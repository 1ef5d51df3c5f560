#!/bin/sh
# Stands for an installer (pip, conda, apt-get) in a verification, under whose name it lies: a command that would change
# the environment is noted and not carried out; any other is the real program's.
name=$(basename "$0")
for word in "$@"; do
    case $word in
        install | uninstall | download | remove | update | upgrade | dist-upgrade | purge | autoremove | create | add | sync)
            printf '%s %s\n' "$name" "$*" >>"$NB2PROD_INSTALLS"
            exit 0
            ;;
    esac
done
own=$(dirname "$0")
PATH=$(printf '%s' "$PATH" | sed "s|^$own:||; s|:$own:|:|g")
export PATH
exec "$name" "$@"
