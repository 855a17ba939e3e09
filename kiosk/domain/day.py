"""Dates and times as people at the counter write them; inside everything is ISO and UTC."""

from datetime import UTC, date, datetime, tzinfo

MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)

WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def zone_of(name: str) -> tzinfo:
    """The rules of an IANA zone. Imported when first wanted: the login shows no time."""
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def local_day(moment: datetime, zone: str) -> date:
    """The clinic's own date at `moment`; `zone` is an IANA name such as Asia/Jakarta (WIB, WITA, WIT)."""
    return moment.astimezone(zone_of(zone)).date()


def clock_text(moment: datetime, zone: str) -> str:
    """`moment` as the clinic's clock shows it: "09.41"."""
    return moment.astimezone(zone_of(zone)).strftime("%H.%M")


def parse_day(text: str) -> date:
    """A date typed as dd-mm-yyyy (also with / or . between, or the eight digits alone).

    Raises ValueError with an Indonesian sentence for anything that is not a day of the calendar.
    """
    digits = "".join(c for c in text if c.isdigit())
    if len(digits) != 8 or not all(c.isdigit() or c in "-/. " for c in text.strip()):
        raise ValueError("Tulis tanggal sebagai hh-bb-tttt, misalnya 05-03-1987")
    try:
        return date(int(digits[4:]), int(digits[2:4]), int(digits[:2]))
    except ValueError:
        raise ValueError("Tanggal itu tidak ada di kalender") from None


def day_text(day: date) -> str:
    """`day` as dd-mm-yyyy."""
    return f"{day:%d-%m-%Y}"


def weekday_text(day: date) -> str:
    """`day` with its weekday: "Kamis 05-03-1987"."""
    return f"{WEEKDAYS[day.weekday()]} {day_text(day)}"


def long_day_text(day: date) -> str:
    """`day` in words: "5 Maret 1987"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def age_text(birth: date, today: date) -> str:
    """The age on `today` in words: years, under two years months, under two months days."""
    months = (today.year - birth.year) * 12 + today.month - birth.month - (today.day < birth.day)
    if months >= 24:
        return f"{months // 12} th"
    if months >= 2:
        return f"{months} bln"
    return f"{(today - birth).days} hr"
