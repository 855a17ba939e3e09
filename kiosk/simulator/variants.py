"""The switches of the simulator: one for each place where the sources on P-Care disagree or are silent."""

from typing import NamedTuple


class Variant(NamedTuple):
    """A switch: its values, the first being the default; a value `int` stands for any whole number."""

    name: str
    values: tuple[str, ...]
    meaning: str


VARIANTS: tuple[Variant, ...] = (
    Variant("version", ("v4", "v3"), "alamat layanan yang dicetak: v4 terenkripsi, v3 polos tanpa user_key"),
    Variant(
        "errors",
        ("plain", "text", "object", "encrypted"),
        "response jawaban gagal: daftar isian polos; satu kalimat polos (juga ganti metaData.message);\n"
        "    daftar sebaris sebagai objek; terenkripsi",
    ),
    Variant("duplicate", ("401", "412", "428"), "kode untuk peserta yang sudah di-entri"),
    Variant("duplicate_text", ("new", "old"), "bunyi teks sudah di-entri: baru atau lama"),
    Variant("visit_path", ("both", "V1", "plain"), "jalur kunjungan yang dilayani"),
    Variant("visit_add", ("by_path", "array", "object"), "jawaban tambah kunjungan; by_path: V1 array, polos objek"),
    Variant("visit_edit", ("null", "object"), "jawaban ubah kunjungan"),
    Variant("visit_edit_fields", ("lenient", "strict"), "ubah kunjungan tanpa tglDaftar/kdPoli: boleh atau ditolak"),
    Variant("visit_delete", ("cascade", "refuse"), "hapus kunjungan yang masih punya obat/tindakan/MCU"),
    Variant("delete_served", ("refuse", "accept"), "hapus pendaftaran yang sudah dilayani"),
    Variant("delete_missing", ("412", "204", "200"), "jawaban hapus untuk data yang tidak ada"),
    Variant("empty", ("204", "200"), "tidak ada data: HTTP 204 kosong, atau HTTP 200 dengan kode 204 dan null"),
    Variant("http_status", ("mirror", "200"), "status HTTP sama dengan kode, atau selalu 200"),
    Variant("code_type", ("int", "string"), "kode metaData sebagai angka atau teks"),
    Variant("envelope", ("metaData", "metadata", "Code"), "nama kunci amplop"),
    Variant("null_response", ("present", "absent"), "kunci response saat kosong: ada atau tidak"),
    Variant("gateway", ("json", "text"), "bentuk teks gerbang (tanda tangan salah dsb.)"),
    Variant("queue_number", ("letter", "number"), "noUrut teks seperti A1, atau bilangan JSON (v1/v2)"),
    Variant("provider", ("either", "participant", "clinic"), "arti kdProviderPeserta yang diterima"),
    Variant("inactive", ("accept", "refuse"), "pendaftaran peserta tidak aktif"),
    Variant("null_vitals", ("accept", "refuse"), "tanda vital null pada pendaftaran"),
    Variant("day_list", ("oldest", "newest"), "urutan daftar pendaftaran sehari"),
    Variant("by_nik", ("full", "short"), "jawaban menurut NIK: lengkap, atau tanpa pstProl dan pstPrb"),
    Variant("diagnosis_code", ("dot", "plain"), "kode diagnosa A01.0 atau A010"),
    Variant("drug_add", ("array", "object"), "jawaban tambah obat"),
    Variant("procedure_edit", ("new", "same"), "ubah tindakan memberi nomor baru atau tetap"),
    Variant("unknown_poli", ("412", "500"), "kdPoli di luar referensi: 412 dengan daftar isian, atau 500 dengan teks"),
    Variant("bad_shape", ("400", "500"), "isi yang bukan objek JSON: 400, atau 500 Newtonsoft"),
    Variant("skew", ("300", "int"), "selisih jam yang diterima, detik"),
    Variant("antrean_code", ("200", "1"), "kode sukses POST Antrean"),
    Variant("antrean_envelope", ("metadata", "metaData"), "nama kunci amplop Antrean"),
    Variant("antrean_response", ("encrypted", "plain"), "isi jawaban GET Antrean"),
    Variant("antrean_status", ("200", "mirror"), "status HTTP jawaban gagal Antrean"),
    Variant("antrean_schedule", ("hfis", "always"), "jadwal dokter: menurut hari, atau setiap poli setiap saat"),
)


class VariantError(ValueError):
    """A switch that does not exist or a value that it does not have; the text is for people."""


class Variants:
    """The chosen value of every switch: `variants["errors"]` is "plain" or "encrypted"."""

    def __init__(self, chosen: dict[str, str] | None = None) -> None:
        self._values = {each.name: each.values[0] for each in VARIANTS}
        for name, value in (chosen or {}).items():
            self.set(name, value)

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def set(self, name: str, value: str) -> None:
        """Choose a value.  Raises VariantError."""
        variant = next((each for each in VARIANTS if each.name == name), None)
        if variant is None:
            raise VariantError(f"varian '{name}' tidak dikenal")
        if value not in variant.values[:1] and not (
            value.isascii() and value.isdigit()
            if "int" in variant.values and name == "skew"
            else value in variant.values
        ):
            raise VariantError(f"varian {name}: '{value}' bukan salah satu dari {', '.join(variant.values)}")
        self._values[name] = value

    def as_dict(self) -> dict[str, str]:
        """Return every switch with its value."""
        return dict(self._values)


def parse(specs: list[str]) -> Variants:
    """Read `NAME=VALUE` texts of a command line.  Raises VariantError."""
    chosen = {}
    for spec in specs:
        name, equals, value = spec.partition("=")
        if not equals:
            raise VariantError(f"varian '{spec}' harus berbentuk NAMA=NILAI")
        chosen[name.strip()] = value.strip()
    return Variants(chosen)


def listing() -> str:
    """Return the switches as lines for `--help`; the default comes first."""
    return "\n".join(f"  {each.name}={'|'.join(each.values)}  {each.meaning}" for each in VARIANTS)
