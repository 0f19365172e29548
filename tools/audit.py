"""Asks pip-audit for known weaknesses in what requirements.lock names; says so where it cannot.

Ends with 1 where there is one, with 0 and the reason where pip-audit is missing or its data cannot be reached.
"""

import json
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"


def main() -> int:
    """Run pip-audit and tell what it knows."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), "--require-hashes", "--disable-pip"]
    done = subprocess.run(
        [*command, "--format", "json", "--progress-spinner", "off", "--timeout", "20"], capture_output=True, text=True
    )
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        reason = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        print(f"audit skipped: {reason}. `pip install pip-audit` brings it, and it needs the network.")
        return 0
    return tell(packages)


def tell(packages: list[dict[str, object]]) -> int:
    """Print the weaknesses, and how many packages nothing is known of; the exit status."""
    weak = [package for package in packages if package.get("vulns")]
    unknown = [package for package in packages if "skip_reason" in package]
    for package in weak:
        for found in package["vulns"]:  # type: ignore[attr-defined]
            fixed = ", ".join(found["fix_versions"]) or "no version yet"
            print(f"{package['name']} {package['version']}: {found['id']}, mended in {fixed}")
    if len(unknown) == len(packages):
        print(f"audit skipped: pip-audit could not reach its data for any of the {len(packages)} packages.")
        return 0
    print(f"{len(packages) - len(unknown)} of {len(packages)} packages audited, {len(weak)} with a known weakness.")
    return 1 if weak else 0


if __name__ == "__main__":
    raise SystemExit(main())
