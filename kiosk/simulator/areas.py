"""The towns that the invented people of the simulator live in: area codes of the NIK and their names."""

from typing import NamedTuple


class Regency(NamedTuple):
    """A regency or city; its districts are numbered 01, 02, … in the NIK's area code.

    `office` is the service's own four-digit town code, invented here; `utc_offset` is in hours.
    """

    code: str
    name: str
    office: str
    office_name: str
    utc_offset: int
    culture: str
    districts: tuple[str, str, str, str]


# Area codes are those of the civil registry; `office` numbers are made up for this simulator.
REGENCIES: tuple[Regency, ...] = (
    Regency("3374", "KOTA SEMARANG", "0114", "SEMARANG", 7, "jawa",
            ("SEMARANG TENGAH", "SEMARANG UTARA", "SEMARANG TIMUR", "GAYAMSARI")),
    Regency("3372", "KOTA SURAKARTA", "0116", "SURAKARTA", 7, "jawa",
            ("LAWEYAN", "SERENGAN", "PASAR KLIWON", "JEBRES")),
    Regency("3273", "KOTA BANDUNG", "0212", "BANDUNG", 7, "sunda",
            ("SUKASARI", "COBLONG", "BABAKAN CIPARAY", "BOJONGLOA KALER")),
    Regency("3578", "KOTA SURABAYA", "0231", "SURABAYA", 7, "jawa",
            ("KARANGPILANG", "WONOCOLO", "RUNGKUT", "WONOKROMO")),
    Regency("3471", "KOTA YOGYAKARTA", "0141", "YOGYAKARTA", 7, "jawa",
            ("TEGALREJO", "JETIS", "GONDOKUSUMAN", "DANUREJAN")),
    Regency("5171", "KOTA DENPASAR", "0301", "DENPASAR", 8, "bali",
            ("DENPASAR SELATAN", "DENPASAR TIMUR", "DENPASAR BARAT", "DENPASAR UTARA")),
    Regency("7371", "KOTA MAKASSAR", "0351", "MAKASSAR", 8, "bugis",
            ("MARISO", "MAMAJANG", "MAKASSAR", "UJUNG PANDANG")),
    Regency("1371", "KOTA PADANG", "0071", "PADANG", 7, "minang",
            ("PADANG SELATAN", "PADANG TIMUR", "PADANG BARAT", "PADANG UTARA")),
    Regency("1271", "KOTA MEDAN", "0031", "MEDAN", 7, "batak",
            ("MEDAN KOTA", "MEDAN SUNGGAL", "MEDAN HELVETIA", "MEDAN DENAI")),
    Regency("3302", "KAB. BANYUMAS", "0121", "PURWOKERTO", 7, "jawa",
            ("LUMBIR", "WANGON", "JATILAWANG", "RAWALO")),
    Regency("3216", "KAB. BEKASI", "0225", "BEKASI", 7, "betawi",
            ("TARUMAJAYA", "BABELAN", "SUKAWANGI", "TAMBELANG")),
    Regency("6171", "KOTA PONTIANAK", "0321", "PONTIANAK", 7, "tionghoa",
            ("PONTIANAK SELATAN", "PONTIANAK TIMUR", "PONTIANAK BARAT", "PONTIANAK UTARA")),
)  # fmt: skip
