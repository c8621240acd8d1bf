"""The catalogue of detectors: each form of personal data is one entry in one of these modules."""

from transforms.detect.catalog.accounts import ACCOUNTS
from transforms.detect.catalog.administration import ADMINISTRATION
from transforms.detect.catalog.capitals import CAPITALS
from transforms.detect.catalog.contact import CONTACT
from transforms.detect.catalog.cues import CUES
from transforms.detect.catalog.handles import HANDLES
from transforms.detect.catalog.health import HEALTH
from transforms.detect.catalog.identity import IDENTITY
from transforms.detect.catalog.more_people import MORE_PEOPLE
from transforms.detect.catalog.network import NETWORK
from transforms.detect.catalog.paths import PATHS
from transforms.detect.catalog.people import PEOPLE
from transforms.detect.catalog.secrets import SECRETS
from transforms.detect.detector import Detector

CATALOG: tuple[Detector, ...] = (
    *NETWORK,
    *CONTACT,
    *IDENTITY,
    *SECRETS,
    *CUES,
    *ACCOUNTS,
    *ADMINISTRATION,
    *PATHS,
    *PEOPLE,
    CAPITALS,
    *MORE_PEOPLE,
    *HANDLES,
    *HEALTH,
)
"""All detectors that logveil ships, in a fixed order."""
