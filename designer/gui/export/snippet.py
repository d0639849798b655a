"""A few lines of Python that use an exported file with onnxruntime alone. A pure function."""

from __future__ import annotations

import json
from pathlib import Path

from designer.network.preprocessing import Preprocessing

_LINES = """\
import json

import numpy as np
import onnxruntime
from PIL import Image

session = onnxruntime.InferenceSession({file})
labels = json.loads(session.get_modelmeta().custom_metadata_map["labels"])

picture = Image.open("picture.jpg").convert("RGB")
short = min(picture.size)
width, height = (side * {resize} // short for side in picture.size)
picture = picture.resize((width, height), Image.Resampling.{interpolation})
left, top = round((width - {crop}) / 2), round((height - {crop}) / 2)
picture = picture.crop((left, top, left + {crop}, top + {crop}))
values = np.asarray(picture, dtype=np.float32)
{scaling}values = values.transpose(2, 0, 1)[None]

(scores,) = session.run(None, {{session.get_inputs()[0].name: values}})
{shares}    print(labels[index] if labels else index, f"{{100 * shares[index]:.1f}} %")
"""

_ONE = """\
shares = np.exp(scores[0] - scores[0].max())
shares /= shares.sum()
for index in shares.argsort()[::-1][:5]:
"""

_SEVERAL = """\
shares = 1 / (1 + np.exp(-scores[0]))
for index in np.flatnonzero(shares > 0.5):
"""

_SCALING = """\
values = (values / 255 - np.float32({mean})) / np.float32({std})
"""


def snippet(path: Path, preprocessing: Preprocessing, embedded: bool, multilabel: bool = False) -> str:
    """Lines that tell what 'picture.jpg' shows.

    Args:
        path: of the exported file.
        preprocessing: of the network.
        embedded: the file scales and normalises itself.
        multilabel: a picture may show several classes.
    """
    scaling = _SCALING.format(mean=list(preprocessing.mean), std=list(preprocessing.std))
    return _LINES.format(
        file=json.dumps(str(path), ensure_ascii=False),
        resize=preprocessing.resize,
        crop=preprocessing.crop,
        interpolation=preprocessing.interpolation.upper(),
        scaling="" if embedded else scaling,
        shares=_SEVERAL if multilabel else _ONE,
    )
