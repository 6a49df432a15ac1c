"""Numbers flights so that no two months share a number."""

FIRST_YEAR = 2001

# More than the flights of any month, so that the number of a flight determines its month.
FLIGHTS_PER_MONTH = 10_000_000


def flight_ids(month, flights):
    """The numbers of a month's flights, in order; those of January 2001 start at 1.

    month is written YYYY-MM.
    """
    if flights >= FLIGHTS_PER_MONTH:
        raise ValueError(f"{month} has {flights:,} flights; {FLIGHTS_PER_MONTH:,} would repeat a number")
    year, number = (int(part) for part in month.split("-"))
    if not 1 <= number <= 12:
        raise ValueError(f"'{month}' is not a month; write YYYY-MM")
    first = ((year - FIRST_YEAR) * 12 + number - 1) * FLIGHTS_PER_MONTH + 1
    return range(first, first + flights)
