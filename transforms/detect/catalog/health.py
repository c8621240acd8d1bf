"""Identifiers of patients, subjects and samples next to a cue, and names as hospital systems exchange them."""

import re

from transforms.detect.conditions import Every, Holds, Not, Some
from transforms.detect.detector import Detector
from transforms.detect.neighbours import LOWER, UPPER
from transforms.detect.words import GIVEN_NAMES, SURNAMES, SURNAMES_PINYIN, is_ordinary

_ACCESSION = re.compile(
    r"(?i)\A(?:[SED]R[APRSXZ]\d{5,9}(?:[_.-].*)?|SAM[NED][A-Z]?\d{5,12}|PRJ[NED][A-Z]\d+|GS[EM]\d+|ENS[A-Z]{0,6}[GTPER]\d{6,}|[NX][MRPCGTW]_\d+|GC[AF]_\d+|rs\d+|(?:dbsnp|1000g|mills|hapmap|omni|gnomad|clinvar|cosmic|exac|axiom|af-only|homo[_-]sapiens|mus[_-]musculus|hg\d|grc[hm]\d|mm\d|hs37|t2t|chm13|wgs|wes)[\w.-]*|NA\d{5}.*|HG0\d{4}.*"
    r"|EGA[A-Z]\d+|MTBLS\d+|PXD\d+|CR[ARX]\d+|HRA\d+|NCT\d{8}|(?:chr)?[0-9XYM]{1,2}:\d.*|\d+(?:\.\d+)?(?:[kmgt]i?b?|bp|x|ms|s|%)?|\d{4}-\d\d-\d\d.*)\Z"
)
_ID = r"[A-Za-z0-9][A-Za-z0-9_.#/-]{2,38}[A-Za-z0-9]"


def is_accession(value: str) -> bool:
    """Tell whether a word is an accession number of a public archive, a genome position, a size or a date.

    Example:
        >>> is_accession("SRR6357070"), is_accession("ENSG00000139618"), is_accession("S23-00412")
        (True, True, False)
    """
    return _ACCESSION.match(value) is not None


_IS_SAMPLE = Every(
    Holds(re.compile(r"(?:\d\D*){3}")),
    Not(Holds(_ACCESSION)),
    Not(Holds(re.compile(r"(?i)\.(?:gz|bam|bai|vcf|fq|fastq|log|txt|sh|py|java|json)\Z"))),
)
"""Looks like a sample's or patient's number and not like an accession, a size, a date or a file."""

_IS_PATIENT = Some(_IS_SAMPLE, Holds(re.compile(r"\A\d{6,}\Z")))


PATIENT = Detector(
    name="patient_id",
    kind="PATIENT_ID",
    pattern=(
        r"(?:(?<![A-Za-z])(?:patients?|subjects?|participants?|donors?|probands?|individuals?|mrn|uhid|ehr|emr|nhs|medical[ _-]record|case|inpatient|outpatient|hospital|admission|visit)"
        r"(?:[ _-]?(?:id|no\.?|num(?:ber)?|code|identifier))?(?![A-Za-z0-9])|患者|病人|受试者|受检者|病历|住院|门诊|就诊卡?|病案)(?:编号|号码?|ID|标识)?[\"']?[ \t]{0,2}[：:=#]?[ \t]{0,2}[\"'\[(（]?"
        rf"(?P<value>(?:[A-Z]{{2,5}}:)?{_ID})(?![\w/=(])"
    ),
    trigger=(
        r"(?i)(?:(?:patients?|subjects?|participants?|donors?|probands?|individuals?|mrn|uhid|ehr|emr|nhs|medical[ _-]record|case|inpatient|outpatient"
        r"|hospital|admission|visit)(?:[ _-]?(?:id|no\.?|num(?:ber)?|code|identifier))?"
        r"|患者|病人|受试者|受检者|病历|住院|门诊|就诊(?:卡)?|病案)(?:编号|号(?:码)?|ID|标识)?"
        r"[\"']?[ \t]{0,2}(?:[:=#]|：)?[ \t]{0,2}(?:[\"'\[(]|（)?[a-z0-9][a-z0-9_.#/:-]{0,44}[0-9]"
    ),
    source="HL7 v2.5.1 PID-3 and FHIR Patient.identifier type MR; WS 445-2014 (病案号, 门诊号, 住院号)",
    examples=(
        "patient=«PT-204117» sample",
        "for subject «P1029-331»",
        "患者编号 «ZY20240117»，",
        "住院号«H12717285»，就诊卡«A0042917»",
        "chart opened, patient «UHID:824776294»",
    ),
    counter_examples=("patient 12 of 30", "subject SRR6357070", "case ABC"),
    boundary="MRN: «MRN0042917»",
    score=0.8,
    ignore_case=True,
    check=_IS_PATIENT,
    begins="a-z患病受住门就",
)

SAMPLE = Detector(
    name="sample_id",
    kind="SAMPLE_ID",
    pattern=(
        r"(?:(?<![A-Za-z])(?:samples?|specimens?|librar(?:y|ies)|biosamples?|aliquots?|barcode|accession[ _-]no|lab)(?:[ _-]?(?:id|no\.?|num(?:ber)?|name|code|identifier))?(?![A-Za-z0-9])"
        r"|样本|样品|标本|文库|条码)(?:编号|号码?|ID|名称?)?[\"']?[ \t]{0,2}[：:=#]?[ \t]{0,2}[\"'\[(（]?"
        rf"(?P<value>{_ID})(?![\w/=(])"
    ),
    trigger=(
        r"(?i)(?:(?:samples?|specimens?|librar(?:y|ies)|biosamples?|aliquots?|barcode|accession[ _-]no|lab)"
        r"(?:[ _-]?(?:id|no\.?|num(?:ber)?|name|code|identifier))?|样本|样品|标本|文库|条码)(?:编号|号(?:码)?|ID|名(?:称)?)?"
        r"[\"']?[ \t]{0,2}(?:[:=#]|：)?[ \t]{0,2}(?:[\"'\[(]|（)?[a-z0-9][a-z0-9_.#/-]{0,38}[0-9]"
    ),
    source="HL7 v2.5.1 SPM-2; Illumina sample sheet column Sample_ID",
    examples=(
        "sample=«S23-00412» ready",
        "Sample_ID: «HG-204117»",
        "样本编号«LIB204117_L2»",
        "样本号«BX0204117»",
    ),
    counter_examples=("sample SRR6357070", "sample: WT_REP1", "samples 12.5"),
    boundary="sample_id=«SMPAB204117»",
    score=0.8,
    ignore_case=True,
    check=_IS_SAMPLE,
    begins="a-z样标文条",
)

OBJECT_NAME = Detector(
    name="sample_file_in_url",
    kind="SAMPLE_ID",
    pattern=(
        r"\b(?:https?|s3|cosn?|gs|oss)://[^\s\"'<>?#:]{1,200}(?::\d{1,5}/[^\s\"'<>?#:]{0,200})?(?<=/)(?P<value>[A-Za-z0-9][A-Za-z0-9_-]{3,40})"
        r"(?=(?:\.[A-Za-z0-9]{1,10}){0,2}\.(?:bam|bai|cram|crai|sam|vcf|bcf|fastq|fq|bed|maf|fa)\b)"
    ),
    trigger=r"(?:http|https|s3|cos|cosn|gs|oss)://[^ \t\n\"'<>?#]+\.(?:bam|bai|cram|crai|sam|vcf|bcf|fastq|fq|bed|maf|fa)",
    source="Illumina bcl2fastq2 guide, FASTQ files: names begin with the sample's; BAM and VCF follow",
    examples=(
        "GET https://cos.example.com/«S23-00412».bam?sign=x",
        "s3://bucket/run1/«HG-204117».g.vcf.gz copied",
        "to cosn://b-1/a/«LIB204117_L2».fastq.gz",
    ),
    counter_examples=(
        "https://ftp.example.org/SRR6357070.fastq.gz",
        "https://h.example/WT_REP1.bam",
        "https://h.example/S23-00412.html",
    ),
    boundary="https://h/«P1029-331».vcf",
    score=0.7,
    check=_IS_SAMPLE,
)

FILE_NAME = Detector(
    name="sample_file",
    kind="SAMPLE_ID",
    pattern=(
        r"(?<![A-Za-z0-9_.-])(?P<value>[A-Z]{1,6}[-_]?\d{2,10}(?:[-_][A-Za-z0-9]{1,10}){0,4})"
        r"(?=(?:\.[A-Za-z0-9_-]{1,12}){0,3}\.(?:bam|bai|cram|crai|sam|g?vcf|bcf|fastq|fq|bed|maf)\b)"
    ),
    trigger=r"[A-Z][-_]?[0-9]{2}[0-9A-Za-z_.-]{0,80}\.(?:bam|bai|cram|crai|sam|vcf|gvcf|bcf|fastq|fq|bed|maf)",
    source="Illumina bcl2fastq2 guide, FASTQ files: names begin with the sample's; the same names as in URLs",
    examples=(
        "gatk -I «LIB204117_L2».bam -O o.vcf",
        "bwa mem ref.fa «S23-00412_S1_L001».fastq.gz",
        "/data/«HG-204117».g.vcf.gz",
    ),
    counter_examples=("SRR6357070.fastq.gz", "WT_REP1.bam", "NA12878.bam and dbsnp_146.vcf"),
    boundary="«P1029-331».vcf",
    score=0.65,
    check=Every(Holds(re.compile(r"(?:\d\D*){5}")), _IS_SAMPLE),
)

_SHORTEST_UNKNOWN = 3
"""Letters that a name that no list holds has at least."""

CARET = Detector(
    name="person_in_carets",
    kind="PERSON",
    pattern=rf"(?<![A-Za-z0-9^&])(?P<value>[{UPPER}][{UPPER}{LOWER}'’-]{{1,30}}\^(?!(?:MR|PI|PT|SS|VN|AN|LN|DR|MD|RN)\b)[{UPPER}][{UPPER}{LOWER}'’-]{{1,30}}(?: [A-Z]\.?(?![A-Za-z]))?(?:\^[{UPPER}{LOWER}.]{{0,16}}){{0,3}})(?![A-Za-z0-9^])",
    trigger=r"[A-Za-z'\x80-\xff-]\^[A-Z\x80-\xff]",
    source="DICOM PS3.5, 6.2 (PN) and HL7 v2.5.1, 2.A.88 (XPN): family name, ^, given names",
    examples=("patient «SMIRNOVA^OLGA» stored", "subject 7 («Olsson^Birgit»)", '"«WANG^XIAODONG^^^»"'),
    counter_examples=("type ADT^A01", "GLU^Glucose^LN", "HOSP^MR x^Y"),
    boundary="«Okafor^Chidi»",
    score=0.75,
    check=lambda match: _is_in_carets(match.group("value")),
)


def _is_in_carets(value: str) -> bool:
    """Tell whether components are somebody's names: one that is known as such, or none that is a word of the language."""
    surname, given = value.split("^")[:2]
    first = given.split()[0].title() if given.strip() else ""
    if first in GIVEN_NAMES or surname.title() in SURNAMES or surname.title() in SURNAMES_PINYIN:
        return not is_ordinary(first) or first in GIVEN_NAMES
    return (
        min(len(surname), len(first)) > _SHORTEST_UNKNOWN
        and not is_ordinary(surname)
        and not is_ordinary(first)
    )


HEALTH: tuple[Detector, ...] = (PATIENT, SAMPLE, OBJECT_NAME, FILE_NAME, CARET)
