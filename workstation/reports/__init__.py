"""Reports: figures over stored contacts, each defined once (`cti.measures`), each opening the
contacts behind it."""
