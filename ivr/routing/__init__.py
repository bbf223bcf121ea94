"""Where a call goes after the menu, in whose favour, and why: rules over facts, in a TOML file."""
