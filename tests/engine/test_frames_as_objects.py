"""Frames come back from the objects that they were stored as."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from workers.engine.plans import read_frames, write_frames

SOME = pl.DataFrame({"row": [1, 2], "name": ["é", None]}, schema={"row": pl.Int64, "name": pl.String})


@pytest.mark.parametrize("frames", [[], [SOME], [SOME.clear(), SOME, pl.DataFrame(), SOME.select("name")]])
def test_several_frames_come_back_from_one_object(frames: list[pl.DataFrame]) -> None:
    read = read_frames(write_frames(frames))
    assert len(read) == len(frames)
    for one, other in zip(read, frames, strict=True):
        assert_frame_equal(one, other)
