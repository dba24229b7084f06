"""Measures how many made-up contact files decode to what was written, beside other detectors: `python -m benchmarks.encodings`."""

import time
from collections import Counter

from tests.engine.encodings.made_texts import HELD_OUT, KNOWN, iter_samples
from tests.engine.encodings.measuring import DETECTORS, list_misread


def main() -> None:
    """Print a table for the texts that were held out, and one for those that detection was tuned on."""
    for title, path in (("held out", HELD_OUT), ("tuned on", KNOWN)):
        samples = list(iter_samples(path))
        encodings = {sample.encoding for sample in samples}
        languages = {sample.language for sample in samples}
        print(f"{title}: {len(samples):,} files, {len(encodings)} encodings, {len(languages)} languages")
        for name, detect in DETECTORS.items():
            start = time.perf_counter()
            misread = list_misread(samples, detect)
            seconds = time.perf_counter() - start
            share = 1 - len(misread) / len(samples)
            worst = ", ".join(f"{encoding} {count}" for encoding, count in Counter(sample.encoding for sample, _ in misread).most_common(6))
            print(f"  {name:26} {share:7.2%}  {1000 * seconds / len(samples):6.1f} ms a file  misread: {worst or 'none'}")


if __name__ == "__main__":
    main()
