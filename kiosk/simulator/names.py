"""Invented Indonesian names for the simulator's people: by culture, sex, age and place in the family."""

import random

Words = tuple[str, ...]


def _words(text: str) -> Words:
    return tuple(text.split())


MALE: dict[str, Words] = {
    "jawa": _words(
        "AGUS BAMBANG BUDI DARMAJI DWI EKO GUNAWAN HADI HARYANTO HERU JOKO KARTONO KUSNADI MULYONO NUGROHO PARJO"
        " PRASETYO PURWANTO RIYANTO SAMSURI SLAMET SUDARMAN SUGENG SUHARTO SUKARDI SUMARNO SUPARMAN SUPRIYADI"
        " SURATMAN SUTRISNO TRI TUKIMAN WAHYU WARSITO WIDODO YULIANTO BAYU GALIH DIMAS RANGGA SATRIO"
    ),
    "sunda": _words(
        "ASEP ATANG CECEP DADANG DEDEN DENI DUDUNG ENDANG ENGKOS HENDRA IWAN JAJANG KOSWARA MAMAN NANDANG OTONG"
        " RUKMANA SAEPUL SOLIHIN TATANG UJANG WAWAN YAYAN RIDWAN GILANG FIRMAN"
    ),
    "batak": _words(
        "ALBERT BINSAR BONAR BURHANUDDIN CHARLES EDISON GOMGOM HOTMAN JANNES JONATHAN LAMBOK MANGARA MARIHOT"
        " PANGIHUTAN PARLINDUNGAN POLTAK RICHARD SAHAT TIGOR TOGAR TUMPAL DANIEL SAMUEL"
    ),
    "minang": _words(
        "AFRIZAL ASRIL BUSTAMI DARWIS EFENDI FAUZAN HENDRI INDRA IRFAN JASRIL MARDIANTO NASRUL RAHMAT RINALDI"
        " SYAFRIL SYAHRIAL YUNALDI ZAINAL ZULKIFLI REZA"
    ),
    "bali": _words(
        "ADI ARDIKA ARTA DANA EKA MERTA PUTRA"
        " SUARDANA SUARTA SUDARMA SUDIANA SUKERTA SUTAMA WIRAWAN YASA"
    ),
    "bugis": _words(
        "AMIRUDDIN BASO BASRI BURHAN FIRDAUS HASANUDDIN"
        " IDRUS JAMALUDDIN LATIF MAPPA RUSDI SYARIFUDDIN TENRI"
    ),
    "betawi": _words(
        "ABDULLAH DJAELANI HASAN HUSIN MADALI MARZUKI"
        " MUALIM NAWAWI ROJALI SABENI SAMSUDIN SANUSI ZAENUDIN"
    ),
    "tionghoa": _words(
        "ALVIN ANDREAS BENNY CHANDRA DARMAWAN EDWIN FERRY"
        " HENDRIK IRWAN KEVIN LEO MICHAEL RUDY STEVEN WILLIAM"
    ),
    "umum": _words(
        "ABDUL ACHMAD AHMAD ALI ARIF FAISAL FAJAR HAMZAH HENDRA IBRAHIM ILHAM IMAM ISMAIL KHOIRUL LUKMAN"
        " MAULANA MUSTOFA NUR RIZKY RUDI SAIFUL SYAHRUL TAUFIK UMAR YUSUF ZAKARIA"
    ),
}  # fmt: skip

FEMALE: dict[str, Words] = {
    "jawa": _words(
        "ASTUTI DEWI DWI ENDAH ENDANG ERNA HANDAYANI HARTINI INDAH KARTINI KASMINAH LASTRI LESTARI MARSINI MURNI"
        " NGATINI NINGSIH PARTINI PONIYEM PRATIWI RAHAYU RETNO RUMIYATI SARI SRI SUGIARTI SULASTRI SUMARNI SUPARTI"
        " SURYANI SUTINAH TRI TUMINAH UTAMI WAHYUNI WATI WIDYASTUTI WULAN YULIANI ANINDYA"
    ),
    "sunda": _words(
        "AI CUCU ELIS ENENG ENUR EUIS IDA IIS IMAS KOKOM LILIS NENENG NUNUNG RINA RUKMINI TETI TITIN WIWIN YAYAH"
        " YETI NENDEN SALSABILA"
    ),
    "batak": _words(
        "BERLIANA DAMERIA DELIMA ESTER HOTMAIDA KRISTINA LAMTIUR MARIANA MASTIUR NURHAIDA RENTA ROHANI ROSMAULI"
        " ROTUA RUTH SARTIKA TIUR"
    ),
    "minang": _words(
        "ASNIDAR DESMAWATI ELFI ERMAWATI FITRI GUSNIAR HASNAH"
        " MARDIANA NURHAYATI RAHMI ROSMANIAR SUSI YULIA YUSNIDAR ZURAIDA"
    ),
    "bali": _words(
        "ARIANI ASTINI DEWI LESTARI PARWATI PUSPAWATI"
        " RATNA SARI SRIANI SUASTINI SUKARNI WARDANI YULIANTARI"
    ),
    "bugis": _words("BESSE DARNA FATIMAH HASNIAH INDO MARWAH NURBAYA RAHMATIA ROSDIANA SITTI SURIANI TENRI"),
    "betawi": _words("FADILAH HALIMAH JUBAEDAH KHODIJAH MAEMUNAH MASITOH NURLAELA ROHAYA SALBIAH SAODAH ZUBAIDAH"),
    "tionghoa": _words(
        "AMELIA CAROLINE DEBORA ELINA FELICIA GRACE IRENE"
        " JESSICA LANNY LINDA MEILAN SHERLY SUSANTI VERONICA YENNY"
    ),
    "umum": _words(
        "AISYAH AMINAH ANISA AYU DIAN FARIDA FATMAWATI FITRIANI HALIMAH INTAN KHADIJAH LAILA MARYAM MAYA NUR"
        " NURUL PUTRI RATNA RINI SITI SITI SITI SOFIA YANTI ZAHRA"
    ),
}  # fmt: skip

FAMILY: dict[str, Words] = {
    "batak": _words(
        "SIREGAR NASUTION HARAHAP LUBIS SIMANJUNTAK SITUMORANG SINAGA HUTAGALUNG PANJAITAN SIHOMBING NAIBAHO"
        " PARDEDE MANURUNG GINTING SEMBIRING TARIGAN SITORUS"
    ),
    "minang": _words("CHANIAGO TANJUNG PILIANG KOTO SIKUMBANG GUCI JAMBAK MALAY"),
    "tionghoa": _words(
        "HALIM TANUWIJAYA WIBOWO GUNAWAN SANTOSO LIMANTO"
        " WIJAYA KUSUMA SUSANTO HARTONO SALIM TANDIONO"
    ),
}  # fmt: skip
SECOND_MALE = _words(
    "SANTOSO WIBOWO SAPUTRA KURNIAWAN SETIAWAN HIDAYAT PRABOWO NUGROHO SUSANTO RAHMAN HAKIM RAMADHAN PRATAMA FIRDAUS"
    " UTOMO WIJAYA MAULANA ANWAR FAUZI HARTONO SUBAGYO ABIDIN"
)
SECOND_FEMALE = _words(
    "LESTARI RAHAYU WULANDARI HANDAYANI PERMATASARI ANGGRAINI SARI DEWI WAHYUNI NINGRUM KHASANAH HIDAYATI AMELIA"
    " PUSPITA ROHMAH SAFITRI MAHARANI OKTAVIANI KUSUMAWATI NURHALIZA ZAHRA"
)
BALI_ORDER = ("WAYAN", "MADE", "NYOMAN", "KETUT")
MUHAMMAD = ("MUHAMMAD", "MUHAMMAD", "MUHAMAD", "MOHAMAD", "MOCHAMAD", "MUH.", "MOH.", "M.")
OLD_SPELLING = (("DJ", "J"), ("TJ", "C"), ("OE", "U"))
TITLES_AFTER = (", S.PD.", ", S.E.", ", S.KOM.", ", A.MD.", ", S.H.")

_OTHER_CULTURES = ("jawa", "jawa", "sunda", "batak", "minang", "tionghoa", "umum", "umum")


def culture_of(home: str, rng: random.Random) -> str:
    """Return the culture of a household in a town whose commonest is `home`."""
    return home if rng.random() < 0.7 else rng.choice(_OTHER_CULTURES)


def family_name(culture: str, rng: random.Random) -> str:
    """Return the name that a household shares, or "" where the culture has none."""
    return rng.choice(FAMILY[culture]) if culture in FAMILY else ""


def full_name(culture: str, sex: str, birth_year: int, order: int, family: str, rng: random.Random) -> str:
    """Return an invented full name in capitals, as the service prints names.

    `order` is the place among the children (0 for adults), `family` the shared name or "".
    """
    male = sex == "L"
    pool = (MALE if male else FEMALE)[culture]
    second = SECOND_MALE if male else SECOND_FEMALE
    given = rng.choice(pool if rng.random() < 0.75 else (MALE if male else FEMALE)["umum"])
    if culture == "bali":
        parts = ["I" if male else "NI", BALI_ORDER[order % 4], given]
    elif family:
        parts = [given, family] if rng.random() < 0.6 else [given, rng.choice(second), family]
    elif culture == "bugis" and rng.random() < 0.35:
        parts = ["ANDI", given]
    elif rng.random() < (0.35 if birth_year < 1965 else 0.06):
        parts = [given]
    else:
        parts = [given, rng.choice(second)]
        if birth_year > 1995 and rng.random() < 0.4:
            parts.append(rng.choice(pool))
    if male and culture not in ("bali", "batak", "tionghoa") and rng.random() < 0.14:
        parts.insert(0, rng.choice(MUHAMMAD))
    parts = [part for place, part in enumerate(parts) if place == 0 or part != parts[place - 1]]
    if birth_year < 1955 and rng.random() < 0.3:
        parts[-1] = _in_old_spelling(parts[-1])
    return _with_title(" ".join(parts), culture, male, birth_year, rng)


def _in_old_spelling(word: str) -> str:
    for old, new in OLD_SPELLING:
        word = word.replace(new, old)
    return word


def _with_title(name: str, culture: str, male: bool, birth_year: int, rng: random.Random) -> str:
    luck = rng.random()
    if birth_year < 1976 and culture not in ("bali", "batak", "tionghoa") and luck < 0.1:
        return ("H. " if male else "HJ. ") + name
    if 1960 < birth_year < 2002 and luck > 0.95:
        return name + rng.choice(TITLES_AFTER)
    return name
