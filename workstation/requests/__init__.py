"""Request types are data (`types/*.toml`); this package reads them and is otherwise pure."""
