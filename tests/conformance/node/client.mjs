// A P-Care client written from the published catalogue alone, to check the simulator with eyes other than ours.
//
// Reads one JSON object from standard input (addresses, credentials, two members, today as dd-mm-yyyy), works through
// a day at the counter, and prints one JSON object with what the service said.

import { createCipheriv, createDecipheriv, createHash, createHmac } from "node:crypto";
import LZString from "lz-string";

const CODE = "095";

function replyKey(own, timestamp) {
  const key = createHash("sha256").update(own.cons_id + own.secret_key + timestamp).digest();
  return { key, iv: key.subarray(0, 16) };
}

function signature(own, timestamp) {
  return createHmac("sha256", own.secret_key).update(`${own.cons_id}&${timestamp}`).digest("base64");
}

function opened(response, own, timestamp) {
  if (typeof response !== "string" || response === "") return response ?? null;
  const { key, iv } = replyKey(own, timestamp);
  const decipher = createDecipheriv("aes-256-cbc", key, iv);
  const packed = decipher.update(response, "base64", "utf8") + decipher.final("utf8");
  return JSON.parse(LZString.decompressFromEncodedURIComponent(packed));
}

async function ask(own, service, method, path, body) {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const antrean = service === "antrean";
  const headers = {
    "X-cons-id": own.cons_id,
    "X-timestamp": timestamp,
    "X-signature": signature(own, timestamp),
    "X-authorization": "Basic " + Buffer.from(`${own.username}:${own.password}:${CODE}`).toString("base64"),
    user_key: antrean ? own.antrean_user_key : own.user_key,
    Accept: "application/json",
  };
  if (body !== undefined) headers["Content-Type"] = antrean ? "application/json" : "text/plain";
  const base = antrean ? own.antrean_url : own.base_url;
  const reply = await fetch(`${base}/${path}`, {
    method, headers, body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await reply.text();
  if (text === "") return { status: reply.status, code: reply.status, message: "", response: null };
  const envelope = JSON.parse(text);
  const meta = envelope.metaData ?? envelope.metadata;
  return {
    status: reply.status,
    code: Number(meta.code ?? meta.Code),
    message: meta.message,
    response: opened(envelope.response, own, timestamp),
  };
}

// The number of what was made: sources give it in an object or in a list of objects.
function numberOf(answer, field) {
  const rows = Array.isArray(answer.response) ? answer.response : [answer.response];
  return rows.find((row) => row.field === field)?.message ?? null;
}

function registrationOf(own, member, keluhan) {
  return {
    kdProviderPeserta: own.facility, tglDaftar: own.today, noKartu: member.noKartu, kdPoli: "001", keluhan,
    kunjSakit: true, sistole: 0, diastole: 0, beratBadan: 0, tinggiBadan: 0, respRate: 0, lingkarPerut: 0,
    heartRate: 0, rujukBalik: 0, kdTkp: "10",
  };
}

function visitOf(own, member, kdDokter, keluhan) {
  return {
    noKunjungan: null, noKartu: member.noKartu, tglDaftar: own.today, kdPoli: "001", keluhan, kdSadar: "01",
    sistole: 121, diastole: 79, beratBadan: 62.5, tinggiBadan: 160, respRate: 18, heartRate: 80, lingkarPerut: 80,
    kdStatusPulang: "3", tglPulang: own.today, kdDokter, kdDiag1: "J06.9", kdDiag2: null, kdDiag3: null,
    kdPoliRujukInternal: null, rujukLanjut: null, kdTacc: -1, alasanTacc: null, anamnesa: "batuk", terapiObat: "-",
    terapiNonObat: "istirahat", bmhp: "-", alergiMakan: "00", alergiUdara: "00", alergiObat: "00", kdPrognosa: "01",
    suhu: "36,4",
  };
}

async function lines(pcare, noKunjungan, facility, today) {
  const found = await pcare("GET", "obat/dpho/parasetamol/0/10");
  const kdObat = found.response.list[0].kdObat;
  const drug = await pcare("POST", "obat/kunjungan", {
    kdObatSK: 0, noKunjungan, racikan: true, kdRacikan: null, obatDPHO: true, kdObat, signa1: 3, signa2: 1,
    jmlObat: 10, jmlPermintaan: 10, nmObatNonDPHO: "",
  });
  const tariffs = await pcare("GET", "tindakan/kdTkp/10/0/100");
  const { kdTindakan, maxTarif } = tariffs.response.list[0];
  const procedure = await pcare("POST", "tindakan", {
    kdTindakanSK: 0, noKunjungan, kdTindakan, biaya: maxTarif, keterangan: null, hasil: 0,
  });
  const numbers = [
    "tekananDarahSistole", "tekananDarahDiastole", "darahRutinHemo", "darahRutinLeu", "darahRutinErit",
    "darahRutinLaju", "darahRutinHema", "darahRutinTrom", "lemakDarahHDL", "lemakDarahLDL", "lemakDarahChol",
    "lemakDarahTrigli", "gulaDarahSewaktu", "gulaDarahPuasa", "gulaDarahPostPrandial", "gulaDarahHbA1c",
    "fungsiHatiSGOT", "fungsiHatiSGPT", "fungsiHatiGamma", "fungsiHatiProtKual", "fungsiHatiAlbumin",
    "fungsiGinjalCrea", "fungsiGinjalUreum", "fungsiGinjalAsam", "fungsiJantungABI",
  ];
  const texts = [
    "radiologiFoto", "fungsiJantungEKG", "fungsiJantungEcho", "funduskopi", "pemeriksaanLain", "keterangan",
  ];
  const mcu = Object.fromEntries([...numbers.map((name, at) => [name, at]), ...texts.map((name) => [name, null])]);
  const lab = await pcare("POST", "MCU", {
    kdMCU: 0, noKunjungan, kdProvider: facility, tglPelayanan: today, ...mcu,
  });
  return {
    added: {
      kdObatSK: numberOf(drug, "kdObatSK"), kdRacikan: numberOf(drug, "kdRacikan"),
      kdTindakanSK: numberOf(procedure, "kdTindakanSK"), kdMCU: numberOf(lab, "kdMCU"),
    },
    obat: (await pcare("GET", `obat/kunjungan/${noKunjungan}`)).response,
    tindakan: (await pcare("GET", `tindakan/kunjungan/${noKunjungan}`)).response,
    mcu: (await pcare("GET", `MCU/kunjungan/${noKunjungan}`)).response,
  };
}

async function queue(antrean, own, member) {
  const [day, month, year] = own.today.split("-");
  const tanggalperiksa = `${year}-${month}-${day}`;
  const poli = (await antrean("GET", `ref/poli/tanggal/${tanggalperiksa}`)).response.list
    .find((each) => each.kodepoli === "001");
  const doctor = (await antrean("GET", `ref/dokter/kodepoli/001/tanggal/${tanggalperiksa}`)).response.list[0];
  const ticket = {
    nomorkartu: member.noKartu, nik: member.nik, nohp: "", kodepoli: "001", namapoli: poli.namapoli, norm: "000001",
    tanggalperiksa, kodedokter: doctor.kodedokter, namadokter: doctor.namadokter, jampraktek: doctor.jampraktek,
    nomorantrean: "A-1", angkaantrean: 1, keterangan: "",
  };
  const added = await antrean("POST", "antrean/add", ticket);
  const again = await antrean("POST", "antrean/add", ticket);
  const cancelled = await antrean("POST", "antrean/batal", {
    tanggalperiksa, kodepoli: "001", nomorkartu: member.noKartu, alasan: "uji",
  });
  return { added: added.code, again: [again.code, again.message], cancelled: cancelled.code };
}

async function refer(pcare, own, member, kdDokter) {
  const [day, month, year] = own.today.split("-").map(Number);
  const planned = new Date(Date.UTC(year, month - 1, day + 2)).toISOString().slice(0, 10).split("-").reverse().join("-");
  const offered = await pcare("GET", `spesialis/rujuk/subspesialis/26/sarana/1/tglEstRujuk/${planned}`);
  const { kdppk } = offered.response.list[0];
  await pcare("POST", "pendaftaran", registrationOf(own, member, "kontrol"));
  const rujukLanjut = {
    tglEstRujuk: planned, kdppk, subSpesialis: { kdSubSpesialis1: "26", kdSarana: null }, khusus: null,
  };
  const visit = visitOf(own, member, kdDokter, "kontrol");
  const onward = { ...visit, kdStatusPulang: "4", kdDiag1: "K80.2", rujukLanjut };
  const noKunjungan = numberOf(await pcare("POST", "kunjungan/V1", onward), "noKunjungan");
  return { kdppk, planned, letter: (await pcare("GET", `kunjungan/rujukan/${noKunjungan}`)).response };
}

async function day(own) {
  const pcare = (...call) => ask(own, "pcare", ...call);
  const antrean = (...call) => ask(own, "antrean", ...call);
  const [first, second] = own.members;
  const said = {};
  said.byCard = (await pcare("GET", `peserta/${first.noKartu}`)).response;
  said.byNik = (await pcare("GET", `peserta/nik/${first.nik}`)).response;
  said.nobody = (await pcare("GET", "peserta/9990000000001")).code;

  const registration = registrationOf(own, first, own.complaint);
  said.noUrut = numberOf(await pcare("POST", "pendaftaran", registration), "noUrut");
  const repeat = await pcare("POST", "pendaftaran", registration);
  said.repeat = [repeat.code, repeat.message, JSON.stringify(repeat.response)];
  said.invalid = (await pcare("POST", "pendaftaran", { ...registration, kdPoli: "UMUM" })).response;
  said.list = (await pcare("GET", `pendaftaran/tglDaftar/${own.today}/0/100`)).response;
  said.one = (await pcare("GET", `pendaftaran/noUrut/${said.noUrut}/tglDaftar/${own.today}`)).response;

  const kdDokter = (await pcare("GET", "dokter/0/100")).response.list[0].kdDokter;
  const visit = visitOf(own, first, kdDokter, own.complaint);
  const noKunjungan = numberOf(await pcare("POST", "kunjungan/V1", visit), "noKunjungan");
  said.noKunjungan = noKunjungan;
  const edited = await pcare("PUT", "kunjungan/V1", { ...visit, noKunjungan, kdDiag2: "R50.9" });
  said.edited = edited.code;
  said.history = (await pcare("GET", `kunjungan/peserta/${first.noKartu}`)).response;
  said.lines = await lines(pcare, noKunjungan, own.facility, own.today);
  said.queue = await queue(antrean, own, first);
  said.referral = await refer(pcare, own, second, kdDokter);

  const { kdObatSK, kdTindakanSK, kdMCU } = said.lines.added;
  const poli = `noUrut/${said.noUrut}/kdPoli/001`;
  said.deleted = [];
  for (const path of [
    `obat/${kdObatSK}/kunjungan/${noKunjungan}`,
    `tindakan/${kdTindakanSK}/kunjungan/${noKunjungan}`,
    `MCU/${kdMCU}/kunjungan/${noKunjungan}`,
    `kunjungan/${noKunjungan}`,
    `pendaftaran/peserta/${first.noKartu}/tglDaftar/${own.today}/${poli}`,
  ]) said.deleted.push((await pcare("DELETE", path)).code);
  said.after = (await pcare("GET", `pendaftaran/noUrut/${said.noUrut}/tglDaftar/${own.today}`)).code;
  return said;
}

// The vector of the catalogue: signature, key and encryption as every running client makes them.
function vector() {
  const own = { cons_id: "12345", secret_key: "sekret" };
  const { key, iv } = replyKey(own, "1700000000");
  const packed = LZString.compressToEncodedURIComponent('{"field":"noUrut","message":"A1"}');
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  const response = cipher.update(packed, "utf8", "base64") + cipher.final("base64");
  return { signature: signature(own, "1700000000"), packed, response };
}

let input = "";
for await (const chunk of process.stdin) input += chunk;
console.log(JSON.stringify({ vector: vector(), ...(await day(JSON.parse(input))) }));
