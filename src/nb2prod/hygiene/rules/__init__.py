"""The rules, in the order of their codes. A rule is a module with `RULE` and `check`, its page
`docs/<code>.md`, and its tables of cases in `tests/hygiene/rules`.
"""

from __future__ import annotations

from functools import cache

from nb2prod.hygiene.model import Rule, RuleModule
from nb2prod.hygiene.rules import (
    nb100_unused_suppression,
    nb101_invalid_notebook,
    nb102_widget_state_missing,
    nb104_non_python_kernel,
    nb107_syntax_error,
    nb108_python2_code,
    nb201_out_of_order_execution,
    nb202_execution_gap,
    nb203_unexecuted_cell,
    nb204_error_output,
    nb207_use_before_definition,
    nb208_undefined_name,
    nb301_unpinned_install,
    nb302_vcs_dependency,
    nb303_shell_install,
    nb304_system_package,
    nb305_undeclared_import,
    nb306_wildcard_import,
    nb401_hardcoded_secret,
    nb402_secret_in_output,
    nb403_credential_file,
    nb404_shell_injection_var,
    nb405_destructive_shell,
    nb408_personal_data_in_metadata,
    nb501_colab_api,
    nb502_platform_path,
    nb503_interactive_input,
)

MODULES: tuple[RuleModule, ...] = (
    nb100_unused_suppression,
    nb101_invalid_notebook,
    nb102_widget_state_missing,
    nb104_non_python_kernel,
    nb107_syntax_error,
    nb108_python2_code,
    nb201_out_of_order_execution,
    nb202_execution_gap,
    nb203_unexecuted_cell,
    nb204_error_output,
    nb207_use_before_definition,
    nb208_undefined_name,
    nb301_unpinned_install,
    nb302_vcs_dependency,
    nb303_shell_install,
    nb304_system_package,
    nb305_undeclared_import,
    nb306_wildcard_import,
    nb401_hardcoded_secret,
    nb402_secret_in_output,
    nb403_credential_file,
    nb404_shell_injection_var,
    nb405_destructive_shell,
    nb408_personal_data_in_metadata,
    nb501_colab_api,
    nb502_platform_path,
    nb503_interactive_input,
)
RULES: tuple[Rule, ...] = tuple(module.RULE for module in MODULES)


@cache
def by_word() -> dict[str, Rule]:
    """The rules by code and by name."""
    return {word: rule for rule in RULES for word in (rule.code, rule.name)}
