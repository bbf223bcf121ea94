"""What screens and API can ask for: `async def act(desk, person, args) -> result`.

The table of who may do what is `table.py`. A function raises `errors.Refused` when it cannot be
done; what it changed reaches every screen as deltas, not through its result.
"""
