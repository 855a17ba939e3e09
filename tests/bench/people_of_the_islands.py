"""Invented Indonesians for the search's bench: common names of many peoples, put together by chance from a seed.

The lists were written for this bench, without a look at the folding rules; nobody of these names is meant.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate


def _w(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ARABIC_M = _w(
    "muhammad ahmad abdul nur ali hasan husein ibrahim ismail yusuf umar usman zainal syaiful khairul fahmi"
    " faisal farhan rizki rahmat rahman hidayat taufik arif amin anwar akbar iqbal ilham irfan ikhsan hafiz hakim"
    " hamzah haris idris jafar jamal kamal khalid lukman luthfi mahmud malik mansyur mukhlis munir mustafa nasir"
    " naufal rafi ridwan rusli sabri salim samsul sofyan sulaiman syafii syahrul syarif syukri tajuddin thamrin"
    " wahid wahyudi yahya yunus zaki zulfikar zulkifli fauzi fadli fikri furqan ghofur habib hanafi izzudin"
    " jalaludin kholis latif maulana mubarok nashrullah qomarudin rofiq sholeh shodiq thoriq ubaidillah wildan"
    " zidan azhar basyir dzikri fathur"
)
ARABIC_F = _w(
    "siti nur nurul fatimah aisyah khadijah aminah maryam zahra laila halimah salamah rohmah rahmah khasanah"
    " hasanah hidayah azizah badriyah faridah fauziah hafsah hanifah jamilah khoiriyah kholifah latifah lutfiah"
    " mahmudah maimunah marwah masruroh muslimah mutmainah nabila nadia nafisah naila najwa nasywa qonita rabiah"
    " rafidah raihana rofiqoh ruqayyah safira sakinah salma salsabila shofia sholihah sumayyah syifa syarifah"
    " thoyyibah ulfa ummi uswatun wardah yasmin yumna zainab zakiyah zubaidah zulaikha aliyah amira annisa asma"
    " atikah fadhilah fitriyah ghina hilma"
)
JAVA_M = _w(
    "agus bambang budi eko joko slamet sugeng suparno sutrisno widodo wahyu heru hadi dwi tri catur bagus bayu"
    " dimas galih guntur gunawan hartono haryanto hendro indra jarwo kuncoro kusno lilik margono mulyadi mulyono"
    " ngadiman nugroho panji parman prasetyo purnomo purwadi puguh rachmad raharjo rangga riyanto rudi sapto"
    " sarjono sartono satria setiawan sigit sidik sudarsono sudirman sugiarto sugiyono suharto sukirman sulistyo"
    " sumardi sunarto supardi supriyanto suradi surya susilo suwarno suyatno suyitno tarno teguh tejo tukijan"
    " untung wardoyo warsito wasis wibowo wicaksono wijaya winarno yanto yudi yulianto cahyo cahyono djarot danang"
    " dwiyanto endro ngatno paijo poniman"
)
JAVA_F = _w(
    "sri endang wahyuni tri dwi dewi ratna retno rini ningsih lestari rahayu utami astuti handayani hartati indah"
    " kartika kusuma wulandari wulan wati widya yuli yanti murni mulyani murtini ngatiyem paini painem parinah"
    " partini ponirah pratiwi puji purwanti purwaningsih rukmini rumini sarinah sarmi sartini sulastri"
    " sulistyowati sumarni sumiati sunarti suparmi supriyati suratmi suryani susanti suwarni tarwiyah tini titik"
    " tugiyem tumini tutik umi warsini wijayanti winarsih winarti yatmi yuliana anggraeni anik ayu cahyaningrum"
    " cahyani dyah ekawati fajarwati isnaini kasiyem kustini lasmi maryati mujiati ngatmini nanik nuraini prihatin"
    " rusmiati setyowati siswanti kusumaningtyas"
)
SUNDA_M = _w(
    "asep ujang dadang dedi deden endang entis enjang iwan jajang jaja maman nana nandang oman otong rahmat"
    " ruhiyat rukmana sobandi solihin suherman sukmana tatang tatan toto uus wawan yana yayat yusup cecep cucu"
    " cahya dudi didin encep engkos hidayat iding ikin iyan juhana kosasih kusnadi omay opik pepen rohendi sahidin"
    " saepudin sarip sutisna"
)
SUNDA_F = _w(
    "ai ani cucu dede elis eneng enok entin erna euis ida iim iis ikah imas kokom lilis mimin nani neneng nining"
    " nunung nyai odah omah oneng oom rosita rukmini siti sumiati tati tatin teti titi titin tuti uum wiwin yani"
    " yati yayah yoyoh"
)
BATAK_M = _w(
    "binsar bonar charles daniel edison ferdinand gunung halomoan hotman jaya jhonson johannes jonatan lambok"
    " luhut maruli marihot martua mangapul monang nelson oloan pahala pangihutan parlin parulian patar poltak"
    " ramses ricardo robert rinto saut sabar sahala samuel sihar tigor timbul togar tohap tumpal victor viktor"
)
BATAK_F = _w(
    "basaria bertha christina dameria delima dermawati donda dorlan ester esra hotma hotmauli juliana lasma"
    " lamria lenny lermina lince lisbet lusiana magdalena marlina masda melva murniati nelly netty nurcahaya"
    " nurmala ria risma rolina romauli rosdiana rosinta rospita rusmina saurma sondang tiarma tiurma tiominar vera"
    " yosefina"
)
BATAK_FAMILY = _w(
    "siregar nasution harahap lubis simanjuntak situmorang sinaga hutagalung panjaitan sihombing nainggolan"
    " manurung ginting sembiring tarigan sitorus simbolon silalahi pasaribu napitupulu hutapea hutabarat marpaung"
    " pardede purba saragih sitompul tampubolon tobing pakpahan aritonang batubara daulay gultom hasibuan limbong"
    " marbun"
)
MINANG = _w(
    "afrizal akmal aldi alfian andri anwar arman asril basri chairul dasril dedi desrizal effendi elfitra erizal"
    " fadhil gusnawan hendri herman ilyas irwan jasman jufri kasman masri mukhtar nasrul nofrizal novri osmar"
    " rafles ramli refrizal riko rinaldi romi rustam syafrudin syahril syafri tasman yarman yondri yuhendri zaiful"
    " zulfahmi"
)
MINANG_F = _w(
    "afrida asmawati desi deswita elfina elvi emilda ernawati fitri gusmawati helmi hendra irma jasmani kasmawati"
    " lisda mardalena marnis meri misnawati murniati nelvita nofrita nurbaiti nurhayati nurlela rahmi rasyidah"
    " ratnawati resti reni rosmiati rosnida silvia suarni suryati syafnidar upik wirda yarnis yenti yulidar"
    " yusnimar zulfa"
)
MINANG_FAMILY = _w("chaniago tanjung koto piliang sikumbang guci jambak malayu caniago")
BUGIS = _w(
    "andi baso ambo daeng amir arsyad baharuddin burhanuddin darwis hamka hamzah haeruddin hasanuddin herman"
    " ilyas jamaluddin jufri kamaruddin lahmuddin mappanyukki mansur muin mustari nurdin palinrungi rahim ramli"
    " rustam sainuddin sultan supriadi syamsuddin syahrir tahir takdir tenri usman wawo yunus zainuddin asriadi"
)
BUGIS_F = _w(
    "andi besse tenri dahlia darmawati ernawati fitriani hadrah hajrah hasnah hasni hastuti indo irmawati jumriah"
    " kartini mardiana marhama masita mirnawati murni nurhaedah nurjannah rahmawati ramlah rosmini rostina salmiah"
    " sitti sulfiana suriani syamsiah wahida"
)
BALI_ORDER = _w("wayan putu gede made kadek nengah nyoman komang ketut")
BALI_M = _w(
    "adi adnyana agung aryawan arnawa artawan astawa budiarta budiasa darma darmawan dharma eka gunarta jaya"
    " juliarta kariasa kerta mahendra mardika merta muliawan parta pasek putra rai sadia sanjaya santika sudana"
    " sudarsana sudiarta sudira suardika suarjana subawa sukadana sukarta sumerta suparta suryawan sutarja suteja"
    " wardana widana wiguna winarta wirya yasa yudana"
)
BALI_F = _w(
    "ayu ari ariani asih astini budiani candrawati darmayanti desi dewi eka juliani kartini kerti lestari mariani"
    " murniati parwati puspita rai rusmini sari sariani sekar suarniti sudiasih sukarini suartini sulasmi suriani"
    " sumiati sutarmi wahyuni widiantari wartini yuliantari"
)
CHINESE = _w(
    "andreas anton benny budiman christian david dewi edward erwin evelyn felix fendy ferry hadi hendra henny"
    " herman irawan jeffry jenny jessica jimmy johan johnny julia kevin lany leonardo lily lina linda martin"
    " megawati meliana mery michael monica natalia novita paulus peter rudy ronny sandy santi shirley silvia"
    " stefanus stephanie steven sugianto susan susana tommy vincent vivian wenny willy yenny yohanes yulia"
)
CHINESE_FAMILY = _w(
    "tan lim wijaya halim gunawan santoso kurniawan hartono salim tanoto widjaja susanto setiawan liem oei kusuma"
    " sutanto tanuwijaya budiman lesmana chandra gozali handoko hermawan iskandar jusuf kosasih rusli sanjaya"
)
CHRISTIAN = _w(
    "agustinus albertus alexander antonius bartolomeus benediktus bernadus dominikus emanuel fransiskus filipus"
    " gabriel gregorius ignatius jakobus kornelis kristian lambertus lukas markus matius mikael nikolaus"
    " oktovianus paulus petrus rafael robertus simon stefanus thomas timotius valentinus yakobus yohanes yosef"
    " yulius agnes anastasia angelina bernadeta caecilia elisabet fransiska helena katarina kristina margareta"
    " maria marta monika rosalia theresia veronika yohana yosefina yuliana"
)
EAST_FAMILY = _w(
    "lewerissa pattinasarany pattiasina latuconsina tuasikal sahetapy matulessy wenda kogoya tabuni yikwa wonda"
    " murib kambu rumbiak mandacan wanimbo seran bere nahak klau tefa nenobais manafe ndoen lay radja tallo"
    " rondonuwu lumentut mandagi pangemanan sumual wowor kawilarang tumbelaka"
)
MODERN_M = _w(
    "aditya alvin andika ardiansyah arya bagas bima bintang daffa dafa dava davin desta dhani dio fajar fabian"
    " farel ferdian gibran gilang hendrik irsyad jihan kenzo krisna nanda narendra pandu putra pratama radit raka"
    " rama rayhan reza reyhan rian rico rio rizal rizky ryan satya tegar vino yoga yogi zaidan saputra nugraha"
    " permana ramadhan firmansyah kurniawan febrian hermawan oktavian septian apriyanto desember juliansyah"
)
MODERN_F = _w(
    "adelia amelia anggi anggun anindya aprilia ariska aulia aurel bella bunga cantika chelsea cinta citra"
    " clarissa danisa dian diana dinda elsa erika febriana fira gita intan jasmine jihan kayla keisha kinanti"
    " larasati lidya lutfiana maya melati melinda mutiara nadila nanda natasya nindy olivia permata permatasari"
    " puspita putri putri rahma rani regina reva riska rosa safitri salwa sania sekar selvi shinta silvi sinta"
    " syakila tania tasya tiara vania vina winda yessi yolanda yunita zaskia zalfa oktaviani febrianti septiani"
    " apriliani maharani anggraini"
)

_ROOTS = _w(
    "dar har jar kar lar mar nar par sar tar war jo mo no po ro so to wo gi ji ki mi ni pri ri si ti wi yit mul"
    " nur pur sur tur bud dir gun hud jum kus mud rus sud sum tug wag yud kam lam man pan ram san tam"
)
_STARTS = _w("su su su ka nga pa pur ra sa sar ta tu wa har mar mul pra sis tri kus dar war sri mis leg pon wak ros")
_ENDS_M = _w("no di to man yono yanto wan jo min mo so dono yadi sono yan")
_ENDS_F = _w("ni ti wati yem nah sih ningsih nem mi yati rah tun yah inah")

VARIANTS: tuple[tuple[str, ...], ...] = tuple(
    _w(group)
    for group in (
        "muhammad mohammad muhamad mohamad muh moh mochammad muchammad m",
        "ahmad achmad akhmad",
        "yusuf jusuf yusup yoesoef",
        "taufik taufiq taufick topik",
        "syaiful saiful syaeful saeful saipul",
        "khairul choirul khoirul chairul hairul",
        "zainal zaenal jaenal",
        "zainuddin zaenuddin zainudin jaenudin",
        "jamaluddin jamaludin djamaluddin djamaludin",
        "syamsuddin samsudin syamsudin samsuddin",
        "samsul syamsul",
        "syarif sarif syarief sharif",
        "rizki rizky rizqi riski risky",
        "arif arief ariep",
        "iqbal ikbal",
        "ikhsan ihsan ichsan",
        "faisal faizal paisal",
        "fauzi fauzy pauzi",
        "mukhlis muchlis muhlis",
        "sholeh soleh saleh shaleh",
        "shodiq sodik sidiq",
        "husein husain hussein husen",
        "hasan hassan",
        "usman utsman oesman",
        "umar oemar umar",
        "rahmat rachmat rakhmat",
        "rahman rachman rakhman",
        "ramadhan romadhon ramadan romadon",
        "abdul abdoel abdl",
        "nur noer noor nuur",
        "nurul noerul noorul",
        "nuraini nuraeni noeraini",
        "siti sitti sity",
        "aisyah aisah aisya aishah",
        "fatimah fatima fathimah patimah",
        "khadijah khodijah hadijah chadidjah",
        "aminah amina aminnah",
        "maryam mariam maryamah",
        "laila layla lailah",
        "rohmah rokhmah rahmah rochmah",
        "hasanah khasanah hasana",
        "azizah aziza ajijah",
        "faridah farida paridah",
        "fitri fitry pitri fitrie",
        "fitriani fitriany fitryani",
        "qomariah komariah qomariyah",
        "maimunah maemunah maimuna",
        "zubaidah zubaedah jubaedah",
        "zulaikha zulaeha juleha",
        "zahra zahrah sahra",
        "joko djoko",
        "suharto soeharto",
        "sukarno soekarno",
        "sutrisno soetrisno",
        "sudirman soedirman",
        "sugiarto soegiarto sugiharto",
        "sucipto sutjipto soecipto",
        "cahyo tjahjo cahjo tjahyo",
        "cahyono tjahjono tjahyono",
        "wahyu wahju wahyoe",
        "wahyuni wahjuni wahyunie",
        "wijaya widjaja widjaya wijaja",
        "prasetyo prasetio prasetya",
        "setiawan setyawan setiyawan",
        "sulistyo sulistio sulistiyo",
        "setyowati setiowati setyawati",
        "yanto janto",
        "yanti janti yantie",
        "yuli juli yulie",
        "yulia julia yuliah",
        "yuliana juliana yulianah",
        "yulianti julianti yulianty",
        "hidayat hidajat hidayath",
        "hidayah hidaya hidajah",
        "budi boedi budhi",
        "dwi dwie dwy",
        "tri try trie",
        "sri srie sry",
        "dewi dewie dewy devi",
        "ratna ratnah rathna",
        "dharma darma dharmah",
        "darmawan dharmawan",
        "bakti bhakti",
        "aditya adithya aditia",
        "kurniawan kurniyawan",
        "gunawan goenawan",
        "rudi rudy roedi",
        "dedi dedy deddy",
        "andi andy andie",
        "hendri hendry hendrie",
        "heri hery herry",
        "ferry feri fery",
        "tony toni tonny",
        "yenny yeni yenni jenny",
        "lilis lilies",
        "euis eis eu'is",
        "stefanus stephanus stevanus",
        "yohanes johannes johanes yohannes",
        "filipus philipus phillipus",
        "kristina christina",
        "katarina catharina",
        "theresia teresia theresa",
        "fransiska fransisca franciska",
        "viktor victor",
        "ester esther",
        "mikael michael mikhael",
        "yosef josef yoseph",
        "chandra candra tjandra",
        "oktaviani octaviani oktafiani",
        "novita nofita nopita",
        "vina pina fina",
        "via fia pia",
        "evi efi epi evie",
        "dian diyan dyan",
        "ria riya rya",
        "lia liya lya",
        "diah dyah diyah",
        "syifa sifa syipa",
        "shofia sofia sofiah shofiyah",
        "thoriq tarik toriq thariq",
        "fadhilah fadilah fadillah padilah",
        "ridwan ridhwan ridwaan",
        "luthfi lutfi lutpi",
        "zulkifli julkifli zulkipli dzulkifli",
        "daffa dafa dava",
        "rafi raffi rapi",
        "anwar anwaar",
        "chaniago caniago",
        "nyoman njoman",
        "wayan wajan",
        "made madhe",
        "ketut ktut",
        "gede gde",
        "komang koming",
        "simanjuntak simandjuntak",
        "sinaga sinagah",
        "nasution nasoetion nasutioen",
        "hutagalung hoetagaloeng",
        "lubis loebis",
    )
)
SPELLINGS: dict[str, tuple[str, ...]] = {}
for _group in VARIANTS:
    for _word in _group:
        SPELLINGS.setdefault(_word, tuple(w for w in _group if w != _word))

TITLES_BEFORE = ("H.", "Hj.", "dr.", "Drs.", "Ir.", "Ny.", "Tn.", "Hj", "H", "Prof. Dr.")
TITLES_AFTER = (", S.Pd", ", SE", ", S.Kom", ", M.Kes", ", S.Pd., M.M.", ", SH", " S.ST", ", A.Md. Keb")
LENGTHS = (1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4)


@dataclass(frozen=True)
class People:
    """One people: its given names, and the names that follow."""

    weight: int
    given: tuple[Sequence[str], ...]
    family: Sequence[str] = ()
    before: Sequence[str] = ()


PEOPLES = (
    People(20, (JAVA_M, JAVA_M, ARABIC_M, MODERN_M)),
    People(20, (JAVA_F, JAVA_F, ARABIC_F, MODERN_F)),
    People(8, (SUNDA_M, ARABIC_M, MODERN_M)),
    People(8, (SUNDA_F, ARABIC_F, MODERN_F)),
    People(8, (ARABIC_M,)),
    People(8, (ARABIC_F,)),
    People(5, (MODERN_M, ARABIC_M)),
    People(5, (MODERN_F, ARABIC_F)),
    People(2, (BATAK_M, CHRISTIAN), BATAK_FAMILY),
    People(2, (BATAK_F, CHRISTIAN), BATAK_FAMILY),
    People(2, (MINANG, ARABIC_M), MINANG_FAMILY),
    People(2, (MINANG_F, ARABIC_F)),
    People(2, (BUGIS, ARABIC_M)),
    People(2, (BUGIS_F, ARABIC_F)),
    People(2, (BALI_M,), (), BALI_ORDER),
    People(2, (BALI_F,), (), BALI_ORDER),
    People(2, (CHINESE,), CHINESE_FAMILY),
    People(2, (CHRISTIAN,), EAST_FAMILY),
)
_WEIGHTS = list(accumulate(people.weight for people in PEOPLES))


def names(count: int, seed: int = 20261122) -> Iterator[str]:
    """Full names as P-Care writes them, the common ones often, the rare ones once; the same for the same seed."""
    chance = random.Random(seed)
    for _ in range(count):
        yield _name(chance).upper()


def _name(chance: random.Random) -> str:
    people = chance.choices(PEOPLES, cum_weights=_WEIGHTS)[0]
    wanted = chance.choice(LENGTHS)
    found: list[str] = [chance.choice(people.before)] if people.before else []
    family = people.family and chance.random() < 0.8
    while len(found) + bool(family) < max(wanted, 2 if found or family else 1):
        word = _rare(chance) if chance.random() < 0.06 else _common(chance, chance.choice(people.given))
        if word not in found:
            found.append(word)
    if family:
        found.append(_common(chance, people.family))
    written = [_respelled(chance, word) if chance.random() < 0.12 else word for word in found]
    name = " ".join(written)
    luck = chance.random()
    if luck < 0.02:
        return f"{chance.choice(TITLES_BEFORE)} {name}"
    return name + chance.choice(TITLES_AFTER) if luck < 0.04 else name


def _common(chance: random.Random, words: Sequence[str]) -> str:
    """A word of the list: the first ones many times as often as the last."""
    return words[int(len(words) * chance.random() ** 1.8)]


def _rare(chance: random.Random) -> str:
    """A name that few people have, put together as Javanese names are."""
    start, root = chance.choice(_STARTS), chance.choice(_ROOTS) if chance.random() < 0.8 else ""
    return start + root + chance.choice(_ENDS_M if chance.random() < 0.5 else _ENDS_F)


def _respelled(chance: random.Random, word: str) -> str:
    return chance.choice(SPELLINGS[word]) if word in SPELLINGS else word


NEIGHBOURS = dict(
    pair.split(":")
    for pair in (
        "a:sqwz b:vngh c:xvdf d:sferc e:wrd f:dgrv g:fhtb h:gjyn i:uok j:hkun k:jlim "
        "l:kop m:njk n:bmhj o:ipl p:ol q:wa r:etf s:adwx t:ryg u:yij v:cbfg w:qes x:zcsd "
        "y:tuh z:asx"
    ).split()
)
"""The keys beside each letter's key."""


def mistyped(chance: random.Random, word: str) -> str:
    """The word with one slip: a letter left out, doubled in, hit beside, or swapped with its neighbour."""
    while True:
        place = chance.randrange(len(word))
        letter = word[place]
        slip = chance.randrange(4)
        if slip == 0:
            wrong = word[:place] + word[place + 1 :]
        elif slip == 1:
            wrong = word[:place] + chance.choice(NEIGHBOURS.get(letter, "a")) + word[place:]
        elif slip == 2:
            wrong = word[:place] + chance.choice(NEIGHBOURS.get(letter, "a")) + word[place + 1 :]
        else:
            wrong = word[:place] + word[place + 1 : place + 2] + letter + word[place + 2 :]
        if wrong != word:
            return wrong
