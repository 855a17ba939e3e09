"""Why something stands where it stands, in plain words, and what to do about it: the one table of these sentences."""

from typing import NamedTuple

from kiosk.domain.codes import OutboxKind, OutboxState


class Words(NamedTuple):
    """A reason as a sentence, and the next step."""

    why: str
    what_to_do: str


OUTBOX: dict[str, Words] = {
    # to be waited for
    "unreachable": Words("P-Care tidak dapat dihubungi", "Tidak perlu apa-apa; dikirim sendiri begitu tersambung"),
    "name_unresolved": Words("Tidak ada internet", "Periksa kabel atau modem; dikirim sendiri begitu tersambung"),
    "connect_timeout": Words("P-Care tidak menjawab", "Tidak perlu apa-apa; dikirim sendiri begitu tersambung"),
    "busy": Words("Sambungan sedang penuh", "Tidak perlu apa-apa; dikirim lagi sebentar lagi"),
    "quota": Words("P-Care membatasi jumlah kiriman", "Tidak perlu apa-apa; dikirim lagi sebentar lagi"),
    "no_service": Words("Layanan P-Care sedang tidak ada", "Tidak perlu apa-apa; dikirim lagi sebentar lagi"),
    "not_there": Words("P-Care belum memilikinya", "Tidak perlu apa-apa; dikirim lagi sekarang"),
    # nobody knows yet
    "timeout": Words("P-Care menerima tetapi tidak menjawab", "Tunggu; diperiksa dulu sebelum dikirim lagi"),
    "cut": Words("Sambungan putus di tengah kiriman", "Tunggu; diperiksa dulu sebelum dikirim lagi"),
    "server_error": Words("P-Care bermasalah saat menerima", "Tunggu; diperiksa dulu sebelum dikirim lagi"),
    "unreadable": Words("Jawaban P-Care tidak terbaca", "Tunggu; diperiksa dulu sebelum dikirim lagi"),
    "too_large": Words("Jawaban P-Care terlalu besar", "Tunggu; diperiksa dulu sebelum dikirim lagi"),
    "killed": Words("Pengirim berhenti di tengah kiriman", "Tunggu; diperiksa dulu sebelum dikirim lagi"),
    "restored": Words("Dipulihkan dari cadangan; mungkin sudah terkirim", "Tunggu; diperiksa dulu di P-Care"),
    "duplicate": Words("P-Care bilang sudah ada", "Tunggu; nomornya dicari di daftar P-Care"),
    "list_short": Words("Daftar P-Care tidak lengkap", "Tunggu; dibaca lagi"),
    "list_changed": Words("Daftar P-Care berubah saat dibaca", "Tunggu; dibaca lagi"),
    # a person must act
    "validation": Words(
        "P-Care menolak isinya", "Enter, perbaiki isian yang disebut P-Care, lalu simpan: dikirim lagi"
    ),
    "no_registration": Words(
        "Pendaftarannya tidak ada di P-Care", "Periksa pendaftarannya di laman P-Care, lalu K kirim lagi"
    ),
    "not_found": Words("Yang dimaksud tidak ada di P-Care", "Periksa di P-Care; kalau benar, serahkan dengan alasan"),
    "malformed": Words("P-Care tidak dapat membaca kiriman", "Laporkan ke admin; setelah diperbaiki K kirim lagi"),
    "other": Words("P-Care menolak", "Baca kata P-Care di bawah; Enter memperbaiki, K mengirim lagi"),
    "duplicate_not_listed": Words(
        "P-Care bilang sudah ada, tetapi tidak ada di daftarnya", "Cari pasien di laman P-Care, lalu kirim lagi"
    ),
    "unknown_member": Words(
        "P-Care tidak mengenal nomor kartu ini",
        "Enter; Ctrl+D lalu U membetulkan kartu, atau pilih Umum; lalu simpan",
    ),
    "gone_at_pcare": Words(
        "Pendaftaran ini sudah dihapus di P-Care", "Kirim lagi bila pasien jadi dilayani; batalkan bila tidak"
    ),
    "visit_gone_at_pcare": Words(
        "Pelayanan ini sudah dihapus di P-Care", "Kirim lagi bila memang diberikan; kalau tidak, hapus pelayanannya"
    ),
    "no_number": Words("Nomor P-Care-nya belum diketahui", "Periksa di laman P-Care, lalu kirim lagi"),
    "similar_line": Words(
        "Di P-Care sudah ada yang serupa, tetapi isinya berbeda",
        "Bandingkan di laman P-Care; kalau itu bukan yang ini, kirim lagi",
    ),
    "no_compound": Words(
        "Kode racikan dari P-Care belum diketahui", "Periksa racikannya di laman P-Care, lalu kirim lagi"
    ),
    "claimed": Words("Yang ada di P-Care milik catatan lain", "Periksa kedua catatan di laman P-Care"),
    "gone": Words("Sudah tidak ada di P-Care", "Periksa di laman P-Care"),
    "restored_edit": Words(
        "Dipulihkan dari cadangan; isi di P-Care mungkin lebih baru",
        "Bandingkan dengan laman P-Care; kalau isi di sini yang benar, kirim lagi",
    ),
    "restored_cancel": Words(
        "Dipulihkan dari cadangan; pembatalannya mungkin sudah terkirim",
        "Periksa di laman P-Care; kalau masih terdaftar dan harus batal, kirim lagi",
    ),
    "payload": Words("Isinya tidak muat dalam formulir P-Care", "Enter, perbaiki isian yang disebut, lalu simpan"),
    "program": Words("Program tidak dapat mengirim catatan ini", "Laporkan ke admin; catatannya aman di sini"),
    # the whole sender stands
    "login": Words("P-Care menolak pengguna atau kata sandi", "Admin: kiosk password"),
    "clock": Words("Jam komputer salah", "Betulkan jam komputer"),
    "tls_date": Words("Tanggal komputer salah", "Betulkan tanggal komputer"),
    "tls": Words("Sambungan aman tidak dapat dibuat", "Admin: periksa sertifikat dan jaringan"),
    "consumer_expired": Words("Izin (cons-id) klinik habis masa berlakunya", "Admin: hubungi BPJS Kesehatan"),
    "not_enabled": Words("Izin (cons-id) klinik belum dibuka untuk layanan ini", "Admin: hubungi BPJS Kesehatan"),
    "unknown_path": Words("Alamat layanan P-Care salah", "Admin: periksa alamat di pengaturan"),
    "signature": Words("Kunci rahasia P-Care salah", "Admin: periksa cons-id dan kunci di pengaturan"),
    "user_key": Words("user_key P-Care salah", "Admin: periksa user_key di pengaturan"),
    "forbidden": Words("P-Care menolak akses", "Admin: periksa izin dan alamat IP klinik"),
    "no_secrets": Words("Kredensial P-Care belum diisi", "Admin: jalankan kiosk init"),
    "secrets_open": Words("Berkas kredensial P-Care terbuka bagi orang lain", "Admin: chmod 600 berkas itu"),
    "secrets_unreadable": Words("Berkas kredensial P-Care tidak terbaca", "Admin: jalankan kiosk init"),
    "secrets_wrong": Words("Isi kredensial P-Care salah", "Admin: jalankan kiosk init"),
    # it is over
    "typed_elsewhere": Words("Sudah diketik di laman P-Care", "Selesai"),
    "already_there": Words("Sudah ada di P-Care", "Selesai"),
    "read_back": Words("Sudah sampai; dipastikan dari daftar P-Care", "Selesai"),
    "cancelled_here": Words("Dibatalkan di sini sebelum terkirim", "Selesai; tidak ada yang dikirim"),
    "superseded": Words("Isinya sudah ikut terkirim", "Selesai"),
    "given_up": Words("Diserahkan petugas", "Selesai; U mengurungkannya"),
    "not_bpjs": Words("Jaminannya diganti umum", "Selesai; tidak ada yang dikirim"),
    "registration_given_up": Words("Pendaftarannya diserahkan", "Selesai"),
    "visit_given_up": Words("Pelayanannya diserahkan", "Selesai"),
    "line_given_up": Words("Kiriman lain tentang isian ini diserahkan", "Selesai"),
}

QUEUE: dict[str, Words] = {
    "timeout": Words("Mobile JKN menerima tetapi tidak menjawab", "Tunggu; dikirim sekali lagi sebentar lagi"),
    "cut": Words("Sambungan putus di tengah kiriman", "Tunggu; dikirim sekali lagi sebentar lagi"),
    "server_error": Words("Mobile JKN bermasalah saat menerima", "Tunggu; dikirim sekali lagi sebentar lagi"),
    "unreadable": Words("Jawaban Mobile JKN tidak terbaca", "Tunggu; dikirim sekali lagi sebentar lagi"),
    "too_large": Words("Jawaban Mobile JKN terlalu besar", "Tunggu; dikirim sekali lagi sebentar lagi"),
    "killed": Words("Pengirim berhenti di tengah kiriman", "Tunggu; dikirim sekali lagi sebentar lagi"),
    "restored": Words("Dipulihkan dari cadangan; mungkin sudah terkirim", "Tunggu; dikirim sekali lagi"),
    "restored_call": Words("Dipulihkan dari cadangan; mungkin sudah dipanggil", "Panggil lagi di Antrean bila perlu"),
    "sent_again": Words("Belum dijawab; dikirim sekali lagi", "Tidak perlu apa-apa"),
    "screening_needed": Words(
        "Pasien belum mengisi skrining kesehatan",
        "Isi di Mobile JKN / webskrining.bpjs-kesehatan.go.id, lalu kirim lagi",
    ),
    "no_schedule": Words("Tidak ada jadwal dokter hari ini untuk poli ini", "Periksa jadwal di HFIS, lalu kirim lagi"),
    "doctor_schedule": Words("Mobile JKN tidak menerima jadwal dokternya", "Periksa jadwal di HFIS, lalu kirim lagi"),
    "call_time": Words("Waktu panggilan di luar jam praktik dokter", "Periksa jadwal di HFIS; serahkan dengan alasan"),
    "not_found": Words("Antreannya tidak ada di Mobile JKN", "Serahkan dengan alasan; P-Care tidak terpengaruh"),
    "validation": Words("Mobile JKN menolak isinya", "Periksa kartu dan NIK pasien, lalu kirim lagi"),
    "user_key": Words("user_key antrean salah", "Admin: periksa antrean_user_key di pengaturan"),
    "unknown_path": Words("Alamat layanan antrean salah", "Admin: periksa antrean_url di pengaturan"),
    "already_there": Words("Sudah ada di Mobile JKN", "Selesai"),
    "repeat_refused": Words("Dikirim ulang dan tidak diterima dua kali", "Selesai"),
    "cancel_follows": Words("Antreannya dibatalkan; pembatalannya menyusul", "Selesai"),
    "gone": Words("Sudah tidak ada di Mobile JKN", "Selesai"),
    "day_over": Words("Harinya sudah lewat", "Selesai; tidak berguna lagi bagi Mobile JKN"),
    "queue_off": Words("Antrean Mobile JKN dimatikan di pengaturan", "Selesai"),
    "queue_given_up": Words("Antrean JKN-nya diserahkan", "Selesai"),
}
"""What is said differently of the queue service's items."""

STATE_TEXT = {
    OutboxState.PENDING: "menunggu",
    OutboxState.SENDING: "dikirim",
    OutboxState.UNKNOWN: "belum pasti",
    OutboxState.NEEDS_ACTION: "perlu tindakan",
    OutboxState.DONE: "sampai",
    OutboxState.DROPPED: "tidak dikirim",
}

NOT_NOW = {
    OutboxState.DONE: "Yang ini sudah sampai; selesai",
    OutboxState.DROPPED: "Yang ini sudah tidak dikirim",
}
"""Of what is over: why it is neither sent again nor given up."""

KIND_TEXT = {
    OutboxKind.REGISTRATION_ADD: "daftar",
    OutboxKind.REGISTRATION_CANCEL: "batal daftar",
    OutboxKind.VISIT_ADD: "pelayanan",
    OutboxKind.VISIT_UPDATE: "ubah pelayanan",
    OutboxKind.VISIT_DELETE: "hapus pelayanan",
    OutboxKind.MEDICATION_ADD: "obat",
    OutboxKind.MEDICATION_DELETE: "hapus obat",
    OutboxKind.PROCEDURE_ADD: "tindakan",
    OutboxKind.PROCEDURE_UPDATE: "ubah tindakan",
    OutboxKind.PROCEDURE_DELETE: "hapus tindakan",
    OutboxKind.LAB_ADD: "lab",
    OutboxKind.LAB_UPDATE: "ubah lab",
    OutboxKind.LAB_DELETE: "hapus lab",
    OutboxKind.QUEUE_ADD: "antrean JKN",
    OutboxKind.QUEUE_CALL: "panggilan JKN",
    OutboxKind.QUEUE_CANCEL: "batal antrean",
}

_NO_REASON = Words("", "")


def words(reason: str | None) -> Words:
    """The sentences for a machine word; an unknown word is shown as it is, never hidden."""
    if reason is None:
        return _NO_REASON
    return OUTBOX.get(reason) or QUEUE.get(reason) or Words(f"Alasan: {reason}", "Laporkan ke admin")


def queue_words(reason: str | None) -> Words:
    """The sentences for an item of the queue service, which people know as Mobile JKN."""
    known = QUEUE.get(reason or "")
    if known is not None:
        return known
    why, what_to_do = words(reason)
    return Words(why.replace("P-Care", "Mobile JKN"), what_to_do.replace("P-Care", "Mobile JKN"))


def why_unanswered(reason: str | None) -> str:
    """Why a question to P-Care stayed without an answer."""
    if reason in (None, "deadline"):
        return "P-Care tidak menjawab pada waktunya."
    if reason == "not_found":
        return "P-Care tidak mengenal nomor ini."
    if reason in ("cut", "timeout"):
        return "P-Care tidak selesai menjawab."
    return words(reason).why + "."
