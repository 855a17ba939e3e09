"""What the service screen says: its keys in each view, its help, its questions."""

from kiosk.widgets.choice import Choice

NOT_YET = "Belum bisa disimpan: perbaiki isian bertanda ×"
DOUBTFUL = "Periksa isian bertanda !; simpan sekali lagi kalau memang begitu"
LEAVE = (Choice("keep", "Simpan sebagai draf", "d"), Choice("drop", "Buang isian", "b"))
VIEW_KEYS = {
    "number": (("Enter", "Buka"), ("F3", "Cari"), ("F4", "Antrean"), ("F6", "Kiriman"), ("F1", "Bantuan")),
    "form": (("Enter", "Lanjut"), ("PgDn", "Halaman"), ("F2/Ctrl+S", "Simpan"), ("Esc", "Kembali"), ("F1", "Bantuan")),
    "nurse": (
        ("Enter", "Lanjut"),
        ("PgDn", "Halaman"),
        ("F2/Ctrl+S", "Ke dokter"),
        ("Esc", "Kembali"),
        ("F1", "Bantuan"),
    ),
    "saved": (
        ("Enter", "Lanjut"),
        ("O", "Obat, tindakan, lab"),
        ("K", "Koreksi"),
        ("H", "Hapus"),
        ("F4", "Antrean"),
        ("F1", "Bantuan"),
    ),
}
DELETE_KEY = ("F7", "Hapus")
LEAVE_TEXT = "Isian belum disimpan. Sebagai draf, isian tampil lagi saat nomor ini dibuka."
HELP_LINES = (
    "Enter  isian berikut, juga ke halaman berikut",
    "PgDn, PgUp  halaman berikut dan sebelumnya",
    "F2, Ctrl+S  menyimpan dari isian mana pun; pemeriksaan perawat diteruskan ke dokter",
    "F7  menghapus pelayanan yang tersimpan; bertanya dulu",
    "O, K, H  setelah tersimpan: obat, tindakan, lab; koreksi; hapus",
    "Esc, F10  kembali; isian bisa disimpan sebagai draf",
    "",
    "Diagnosis: ketik kode (I10) atau kata; Backspace mengosongkan.",
    "Yang tidak diukur tetap kosong. Isian disimpan sambil diketik, untuk semua"
    " yang membuka nomor ini: dokter melanjutkan isian perawat.",
    "Rumah sakit rujukan dipilih dari daftar P-Care: butuh sambungan.",
)
