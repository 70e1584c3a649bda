"""A client with an assessment in one YAML file: what `squatback plan` reads and the demo gym is made of."""

import json

from pydantic import BaseModel, ConfigDict

from app.assessments.schemas import AssessmentCreate
from app.clients.schemas import ClientCreate
from app.yaml_files import read_yaml


class PersonFile(BaseModel):
    """The same bodies that the API takes."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    client: ClientCreate
    assessment: AssessmentCreate


def read_person_file(text: str) -> PersonFile:
    """Return the file's client and assessment; raises yaml.YAMLError or pydantic's ValidationError."""
    return PersonFile.model_validate_json(json.dumps(read_yaml(text)))
