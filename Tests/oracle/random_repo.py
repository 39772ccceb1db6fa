#!/usr/bin/env python3
"""Builds a random set of related repositories with the git command: random_repo.py SEED OUTDIR [--ops N]

The same seed gives the same commit ids whatever OUTDIR is called (with the same git version). Prints a JSON manifest:
repositories (path, kind: work, bare, shallow, submodule), the authors' addresses, a user, and a `now` to judge by.
"""

import argparse
import json
import os
import sys

from repo_ops import World


def build(seed, outdir, ops=100, odd=True, replace=False):
    outdir = os.path.realpath(outdir)
    os.makedirs(outdir, exist_ok=True)
    if os.listdir(outdir):
        raise SystemExit(f"{outdir} is not empty")
    world = World(seed, outdir, 0, odd, replace)
    # Most histories are from our days; some begin just before the last second of 32 bits.
    world.clock = world.rng.choice([1_577_836_800, 1_609_400_000, 1_700_000_000, 1_711_000_000, 2_147_000_000]) + world.rng.randint(0, 30 * 86400)
    for i in range(world.rng.choice([1, 2, 2])):
        path = os.path.join(outdir, f"work-{i}")
        os.mkdir(path)
        world.run(path, "init", "-q")
        world.adopt(path, "work")
        name, email = world.author()
        if world.rng.random() < 0.5:
            world.run(path, "config", "user.name", name)
            world.run(path, "config", "user.email", email or "dana@example.com")
        for _ in range(3):
            world.tick()
            world.commit(path)
    while len(world.log) < ops:
        world.step()
    return world.manifest(seed)


def main():
    parser = argparse.ArgumentParser(description="a random set of related repositories")
    parser.add_argument("seed", type=int)
    parser.add_argument("outdir")
    parser.add_argument("--ops", type=int, default=100)
    parser.add_argument("--no-odd", action="store_true", help="no commits that only hash-object writes")
    parser.add_argument("--replace", action="store_true", help="replace refs as well")
    args = parser.parse_args()
    json.dump(build(args.seed, args.outdir, args.ops, not args.no_odd, args.replace), sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
