"""Dates as headers print them, and whether they agree with the time in a hand's id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pokerlab_kernels._jit import inner

if TYPE_CHECKING:
    from pokerlab_kernels.records import Array

NO = -1
FIRST_UNIX_TIME = 1_000_000_000
LAST_UNIX_TIME = 4_000_000_000
"""The years 2001 and 2096; beyond them a number in an id is no time of a hand."""
UTC_SINCE = 1_335_052_800
"""22 April 2012: before it, headers print the local time of Paris and call it UTC."""
_DAY = 86_400
_FORM = b"0000/00/00 00:00:00"
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@inner
def digits(data: Array, pos: int, count: int) -> int:
    """Read ``count`` digits as a number."""
    value = 0
    for i in range(count):
        value = value * 10 + (data[pos + i] - 48)
    return value


@inner
def days_from(year: int, month: int, day: int) -> int:
    """Count the days from 1 January 1970 (H. Hinnant, days_from_civil)."""
    year -= month <= 2
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


@inner
def printed(unix: int) -> int:
    """Give a time as the number that its printed digits make: 20231114221320."""
    days = unix // _DAY + 719_468
    era = days // 146_097
    of_era = days - era * 146_097
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    day = of_year - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    year += era * 400 + (month <= 2)
    second = unix % _DAY
    clock = second // 3600 * 10_000 + second // 60 % 60 * 100 + second % 60
    return (year * 10_000 + month * 100 + day) * 1_000_000 + clock


@inner
def stamp(data: Array, pos: int, end: int, found: Array, slot: int) -> int:
    """Read ``2023/11/14 22:13:20`` as seconds since 1970, UTC; give the place behind it, or -1 where it is no date."""
    if pos + len(_FORM) > end:
        return NO
    for i in range(len(_FORM)):
        byte = data[pos + i]
        if _FORM[i] == 48:
            if byte < 48 or byte > 57:
                return NO
        elif byte != _FORM[i]:
            return NO
    year, month, day = digits(data, pos, 4), digits(data, pos + 5, 2), digits(data, pos + 8, 2)
    hour, minute, second = digits(data, pos + 11, 2), digits(data, pos + 14, 2), digits(data, pos + 17, 2)
    if month < 1 or month > 12 or day < 1 or day > _MONTH_DAYS[month - 1] or hour > 23 or minute > 59 or second > 59:
        return NO
    if month == 2 and day == 29 and (year % 4 or (year % 100 == 0 and year % 400)):
        return NO
    found[slot] = days_from(year, month, day) * _DAY + hour * 3600 + minute * 60 + second
    return pos + len(_FORM)


@inner
def digits_apart(a: int, b: int) -> int:
    """Count the decimal digits in which two numbers differ."""
    count = 0
    while a or b:
        count += a % 10 != b % 10
        a //= 10
        b //= 10
    return count


@inner
def agree(stamped: int, unix: int) -> bool:
    """Tell whether a header's date may be the time in the hand's id.

    The clocks may be a second apart. In published hands a date was sometimes made up, and then has nothing of the
    true one; a date that is wrong in one digit is damage.
    """
    if unix < FIRST_UNIX_TIME or unix > LAST_UNIX_TIME:
        return False
    if unix < UTC_SINCE or abs(stamped - unix) <= 1:
        return True
    return digits_apart(stamped, unix) > 1 and digits_apart(printed(stamped), printed(unix)) > 1
