"""Random operations on git repositories, made with the git command alone: everything pinned, nothing read from the machine.

A World holds repositories and a clock; `step()` does one random operation. The state is always asked from git, so that
a World can be opened on existing repositories as well (mutate_repo.py). The same seed over the same state gives the
same commit ids. An operation git refuses (a conflict, a branch checked out elsewhere) is undone and forgotten.
"""

import os
import random
import shutil
import subprocess
import sys

import diary

ZONES = ["+0000", "+0100", "+0200", "-0500", "-0800", "+0530", "+0545", "+1030", "+1400", "-1200", "-0330", "-0000", "+1245"]

# (name, email) as they are written into commits; the first of each person is the canonical one.
PEOPLE = [
    [("Ada Lovelace", "ada@example.org"), ("ada", "ADA@Example.org"), ("Ada L.", "ada@laptop.local"), ("Ada Lovelace", "ada@old-employer.example")],
    [("Bořek Novák", "borek@example.org"), ("Borek", "Borek@Example.ORG"), ("borek", "borek@users.noreply.example")],
    [("Chen Wei", "chen@example.net"), ("陈伟", "chen@example.net"), ("Chen", "shared@build.example")],
    [("Dana Q", "dana@example.com"), ("Dana", "shared@build.example"), ("Dana Q", "")],
]

MAILMAPS = [
    "",
    "Ada Lovelace <ada@example.org> <ada@laptop.local>\n# a comment\n<ada@example.org> <ada@old-employer.example>\n",
    "Ada Lovelace <ada@example.org> <ADA@laptop.local>\nBořek Novák <borek@example.org> borek <borek@users.noreply.example>\n",
    "Chen Wei <chen@example.net> Chen <shared@build.example>\nDana Q <Dana@Example.com> Dana <shared@build.example>\n",
    "Dana Q <dana@example.com> <shared@build.example>\nA. Lovelace <ada@example.org>\n",
    "not a mailmap line\n<> <>\nAda <ada@example.org> <ada@laptop.local>\nChen Wei <chen@example.net> Chen <shared@build.example>\n",
]

SUBJECTS = ["wip", "wip", "fix tests", "README: say what it does", "první krok", "a  subject with  spaces", "x" * 90]
EARLIEST, LATEST = 100_000_000, 4_000_000_000


def environment(home):
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") and k not in ("EMAIL", "XDG_CONFIG_HOME", "EDITOR", "VISUAL")}
    config = {"init.defaultBranch": "main", "gc.auto": "0", "maintenance.auto": "false", "commit.gpgSign": "false", "tag.gpgSign": "false",
              "core.hooksPath": "/dev/null", "protocol.file.allow": "always", "advice.detachedHead": "false", "safe.directory": "*",
              "core.fsync": "none", "user.useConfigOnly": "true", "merge.renames": "false", "core.autocrlf": "false"}
    env.update(HOME=home, GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL="/dev/null", GIT_TERMINAL_PROMPT="0", GIT_EDITOR="true",
               GIT_MERGE_AUTOEDIT="no", LC_ALL="C", TZ="UTC", GIT_CONFIG_COUNT=str(len(config)))
    for i, (key, value) in enumerate(config.items()):
        env[f"GIT_CONFIG_KEY_{i}"], env[f"GIT_CONFIG_VALUE_{i}"] = key, value
    return env


class Refused(Exception):
    pass


class World:
    MARK = "rhythm.random"

    def __init__(self, seed, home, clock, odd=True, replace=False):
        self.rng = random.Random(seed)
        self.home, self.clock, self.odd, self.replace = home, clock, odd, replace
        self.env = environment(home)
        self.repos = []                     # {"path", "kind"}; kinds: work, bare, shallow
        self.count = 0
        self.log = []
        self.salt = f"{seed}"

    # ------------------------------------------------------------------------------------------ git

    def run(self, where, *args, env=None, stdin=None, check=True):
        pinned = {"GIT_AUTHOR_NAME": "Nobody", "GIT_AUTHOR_EMAIL": "nobody@example.org", "GIT_COMMITTER_NAME": "Nobody", "GIT_COMMITTER_EMAIL": "nobody@example.org",
                  "GIT_AUTHOR_DATE": f"@{self.clock} +0000", "GIT_COMMITTER_DATE": f"@{self.clock} +0000"}
        done = subprocess.run(["git", "-C", where, *args], env={**self.env, **pinned, **(env or {})}, input=stdin, capture_output=True)
        if check and done.returncode:
            raise Refused(f"git {' '.join(args)}: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout.decode("utf-8", "replace").strip()

    def lines(self, where, *args):
        return [line for line in self.run(where, *args).split("\n") if line]

    def tick(self):
        """Time passes: often not at all, mostly a little, at times a lot, now and then backwards."""
        kind = self.rng.random()
        if kind < 0.15:
            step = 0
        elif kind < 0.6:
            step = self.rng.randint(1, 7200)
        elif kind < 0.93:
            step = self.rng.randint(3600, 3 * 86400)
        elif kind < 0.98:
            step = self.rng.randint(86400, 30 * 86400)
        else:
            step = -self.rng.randint(1, 86400)
        self.clock = min(max(self.clock + step, EARLIEST), LATEST)

    def dates(self, author=None, at=None, zone=None):
        name, email = author or self.author()
        stamp = f"@{self.clock if at is None else at} {zone or self.rng.choice(ZONES)}"
        return {"GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": email, "GIT_AUTHOR_DATE": stamp,
                "GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": email or "nobody@example.org",
                "GIT_COMMITTER_DATE": f"@{self.clock} {self.rng.choice(ZONES)}"}

    def committing(self):
        """Environment for an operation that keeps authors but needs a committer."""
        env = self.dates()
        return {k: v for k, v in env.items() if k.startswith("GIT_COMMITTER")}

    def author(self):
        person = PEOPLE[min(int(self.rng.random() ** 2 * len(PEOPLE)), len(PEOPLE) - 1)]
        return person[0] if self.rng.random() < 0.55 else self.rng.choice(person)

    def fresh(self):
        self.count += 1
        return f"{self.salt}-{self.count}"

    # ------------------------------------------------------------------------------------------ asking

    def pick(self, *kinds):
        found = [r for r in self.repos if not kinds or r["kind"] in kinds]
        if not found:
            raise Refused("no such repository")
        return self.rng.choice(found)["path"]

    def branches(self, where):
        return sorted(self.lines(where, "for-each-ref", "--format=%(refname:short)", "refs/heads"))

    def refs(self, where):
        return sorted(self.lines(where, "for-each-ref", "--format=%(refname)", "refs/heads", "refs/remotes", "refs/tags"))

    def commits(self, where):
        found = self.lines(where, "rev-list", "--branches", "--remotes", "--tags", "--max-count=200")
        if not found:
            raise Refused("no commits")
        return sorted(found)

    def has_head(self, where):
        return bool(self.run(where, "rev-parse", "-q", "--verify", "HEAD^{commit}", check=False))

    def places(self, where):
        """Folders with a checkout: the main worktree and the linked ones that are still there."""
        found = [block.split("\n")[0][len("worktree "):] for block in self.run(where, "worktree", "list", "--porcelain").split("\n\n")]
        return [path for path in found if os.path.exists(os.path.join(path, ".git"))]

    def clean(self, place):
        for tool in ("rebase", "merge", "cherry-pick", "revert"):
            if tool != "merge" or os.path.exists(os.path.join(place, ".git", "MERGE_HEAD")):
                self.run(place, tool, "--abort", check=False)
        if self.has_head(place):
            self.run(place, "reset", "-q", "--hard", check=False)
        self.run(place, "clean", "-qfd", "-e", "sub*", check=False)

    # ------------------------------------------------------------------------------------------ building blocks

    def change(self, place):
        """Touches a file: mostly one of its own, at times one that others touch as well (conflicts)."""
        name = self.fresh()
        path = "shared.txt" if self.rng.random() < 0.15 else f"files/{name}.txt"
        full = os.path.join(place, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "a") as out:
            out.write(name + "\n")
        self.run(place, "add", "--", path)

    def commit(self, place, subject=None, **dates):
        if self.rng.random() < 0.85:
            self.change(place)
        if subject is None:
            subject = self.rng.choice(SUBJECTS) if self.rng.random() < 0.4 else f"change {self.fresh()}"
        body = "\n\nCo-authored-by: Bot <bot@example.org>" if self.rng.random() < 0.1 else ""
        self.run(place, "commit", "-q", "--allow-empty", "--allow-empty-message", "--no-verify", "-m", subject + body, env=self.dates(**dates))

    def keep(self, place):
        """Gives HEAD another name, so that what comes next leaves a second carrier reachable."""
        kind = self.rng.random()
        if kind < 0.5:
            self.run(place, "branch", f"keep/{self.fresh()}", "HEAD")
        elif kind < 0.75:
            self.run(place, "tag", f"keep-{self.fresh()}", "HEAD")

    # ------------------------------------------------------------------------------------------ operations

    def op_commit(self):
        self.tick()
        self.commit(self.rng.choice(self.places(self.pick("work", "shallow"))))

    def op_wip(self):
        self.tick()
        place = self.rng.choice(self.places(self.pick("work", "shallow")))
        who, zone = self.author(), self.rng.choice(ZONES)
        subject = "" if self.rng.random() < 0.1 else "wip"
        for _ in range(self.rng.randint(2, 5)):
            self.commit(place, subject, author=who, zone=zone)
        if self.rng.random() < 0.3:                       # siblings of the same second as well
            back = self.rng.randint(1, 2)
            self.run(place, "checkout", "-q", "-b", f"wip/{self.fresh()}", f"HEAD~{back}")
            for _ in range(self.rng.randint(1, 3)):
                self.commit(place, self.rng.choice([subject, subject, "other"]), author=who, zone=self.rng.choice([zone, "+1400"]))

    def op_amend(self):
        place = self.rng.choice(self.places(self.pick("work", "shallow")))
        for _ in range(self.rng.choice([1, 1, 1, 2, 3])):
            self.keep(place)
            self.tick()
            args = ["commit", "-q", "--amend", "--allow-empty", "--allow-empty-message", "--no-verify"]
            args += ["--no-edit"] if self.rng.random() < 0.4 else ["-m", f"reworded {self.fresh()}"]
            kind = self.rng.random()
            if kind < 0.1:
                args.append("--reset-author")
            elif kind < 0.2:
                args.append("--author=%s <%s>" % self.author())
            if self.rng.random() < 0.5:
                self.change(place)
            self.run(place, *args, env=self.dates() if "--reset-author" in args else self.committing())

    def op_devlog(self):
        """Writes dev logs, or what is in them in another way, or elsewhere."""
        place = self.rng.choice(self.places(self.pick("work", "shallow")))
        for _ in range(self.rng.randint(1, 4)):
            self.tick()
            at = self.clock + self.rng.choice([0] * 8 + [-9, 30]) * 86400
            for _ in range(self.rng.choice([1, 1, 1, 2, 3])):
                there = [name for name in self.lines(place, "ls-files", "--others", "--cached") if diary.is_log(name)]
                diary.change(self.rng, place, [name for name in there if os.path.isfile(os.path.join(place, name))], at, self.fresh())
            self.run(place, "add", "-A", "--", ".")
            if self.rng.random() < 0.2:
                self.keep(place)
                self.run(place, "commit", "-q", "--amend", "--no-edit", "--allow-empty-message", "--allow-empty", env=self.committing())
            else:
                self.commit(place)

    def op_branch(self):
        place = self.rng.choice(self.places(self.pick("work", "shallow")))
        self.run(place, "checkout", "-q", "-b", f"topic/{self.fresh()}", self.rng.choice(self.commits(place)))
        self.tick()
        self.commit(place)

    def op_checkout(self):
        place = self.rng.choice(self.places(self.pick("work", "shallow")))
        self.run(place, "checkout", "-q", self.rng.choice(self.branches(place)))

    def op_detach(self):
        place = self.rng.choice(self.places(self.pick("work", "shallow")))
        self.run(place, "checkout", "-q", "--detach", self.rng.choice(self.commits(place)))
        for _ in range(self.rng.randint(0, 2)):
            self.tick()
            self.commit(place)

    def op_merge(self):
        self.tick()
        place = self.rng.choice(self.places(self.pick("work", "shallow")))
        others = self.rng.sample(self.commits(place), 1) if self.rng.random() < 0.6 else self.rng.sample(self.branches(place), min(3, len(self.branches(place))))
        extra = self.rng.choice([["--no-ff"], ["--no-ff"], ["--no-ff", "--allow-unrelated-histories"], ["--ff"], ["-X", "ours", "--no-ff"]])
        if len(others) > 1:
            extra = ["--no-ff", "--allow-unrelated-histories"]
        self.run(place, "merge", "-q", *extra, "-m", self.rng.choice(["Merge", "wip", f"Merge {self.fresh()}"]), *others, env=self.dates())

    def op_merge_wip(self):
        """A merge in the same second and by the same author between two quick commits: a link, not a member."""
        self.tick()
        place = self.rng.choice(self.places(self.pick("work", "shallow")))
        who = self.author()
        self.commit(place, "wip", author=who)
        tip = self.run(place, "rev-parse", "HEAD")
        self.run(place, "checkout", "-q", "--detach", "HEAD~1")
        self.commit(place, "wip", author=who)
        self.run(place, "merge", "-q", "--no-ff", "-X", "ours", "-m", "wip", tip, env=self.dates(author=who))
        self.commit(place, "wip", author=who)
        self.run(place, "branch", f"kept/{self.fresh()}")

    def op_squash(self):
        self.tick()
        place = self.rng.choice(self.places(self.pick("work", "shallow")))
        self.run(place, "merge", "-q", "--squash", self.rng.choice(self.branches(place)))
        self.run(place, "commit", "-q", "--allow-empty", "-m", f"squashed {self.fresh()}", env=self.dates())

    def op_cherry_pick(self):
        self.tick()
        place = self.rng.choice(self.places(self.pick("work", "shallow")))
        picks = self.rng.sample(self.commits(place), self.rng.choice([1, 1, 2]))
        extra = ["-x"] if self.rng.random() < 0.4 else []
        self.run(place, "cherry-pick", "--allow-empty", "--allow-empty-message", "--keep-redundant-commits", *extra, *picks, env=self.committing())

    def op_revert(self):
        self.tick()
        place = self.rng.choice(self.places(self.pick("work", "shallow")))
        self.run(place, "revert", "--no-edit", "HEAD", env=self.dates())

    def op_rebase(self):
        self.tick()
        place = self.rng.choice(self.places(self.pick("work", "shallow")))
        self.keep(place)
        args = self.rng.choice([[], [], ["--rebase-merges"], ["--committer-date-is-author-date"], ["--root"]])
        onto = [self.rng.choice(self.branches(place))]
        if args == ["--root"]:
            args, onto = ["--root", "--onto", onto[0]], []
        elif self.rng.random() < 0.5:
            onto = ["--force-rebase", f"HEAD~{self.rng.randint(1, 4)}"]
        self.run(place, "rebase", "-q", "--empty=keep", *args, *onto, env=self.committing())

    def op_reset(self):
        place = self.rng.choice(self.places(self.pick("work", "shallow")))
        self.run(place, "reset", "-q", "--hard", f"HEAD~{self.rng.randint(1, 3)}")

    def op_tag(self):
        self.tick()
        where = self.pick()
        name, target = f"v{self.fresh()}", self.rng.choice(self.commits(where))
        kind = self.rng.random()
        if kind < 0.4:
            self.run(where, "tag", name, target)
        else:
            self.run(where, "tag", "-a", "-m", "release", name, target, env=self.dates())
            for level in range(self.rng.choice([0, 0, 1, 2])):
                self.run(where, "tag", "-a", "-m", "nested", f"{name}.{level}", name if level == 0 else f"{name}.{level - 1}", env=self.dates())
        if self.rng.random() < 0.15:                      # tags on a tree and on a blob hold no commits
            self.run(where, "tag", f"{name}-tree", f"{target}^{{tree}}")
        if self.rng.random() < 0.15:
            self.run(where, "tag", f"{name}-blob", self.run(where, "hash-object", "-w", "--stdin", stdin=b"blob\n"))

    def op_delete_ref(self):
        where = self.pick()
        refs = self.refs(where)
        if len(refs) < 4:
            raise Refused("few refs")
        ref = self.rng.choice(refs)
        if ref.startswith("refs/heads/"):
            self.run(where, "branch", "-q", "-D", ref[len("refs/heads/"):])
        else:
            self.run(where, "update-ref", "-d", ref)

    def op_orphan(self):
        self.tick()
        place = self.rng.choice(self.places(self.pick("work", "shallow")))
        who = self.author()
        self.run(place, "checkout", "-q", "--orphan", f"orphan/{self.fresh()}")
        self.commit(place, self.rng.choice(["wip", f"root {self.fresh()}"]), author=who)
        if self.rng.random() < 0.4:                       # a second root in the same second
            self.run(place, "checkout", "-q", "--orphan", f"orphan/{self.fresh()}")
            self.commit(place, self.rng.choice(["wip", f"root {self.fresh()}"]), author=who)

    def op_stash(self):
        self.tick()
        place = self.rng.choice(self.places(self.pick("work")))
        self.change(place)
        self.run(place, "stash", "push", "-q", "-m", "not counted", env=self.dates())

    def op_notes(self):
        self.tick()
        where = self.pick()
        self.run(where, "notes", "add", "-f", "-m", "not counted", self.rng.choice(self.commits(where)), env=self.dates())

    def op_other_ref(self):
        """A commit only under a ref that is no branch, no remote and no tag."""
        self.tick()
        where = self.pick()
        tree = self.run(where, "rev-parse", self.rng.choice(self.commits(where)) + "^{tree}")
        oid = self.run(where, "commit-tree", tree, "-m", f"not counted {self.fresh()}", env=self.dates())
        self.run(where, "update-ref", self.rng.choice(["refs/pull/1/head", "refs/original/main", "refs/bisect/bad", "refs/rhythm/x"]), oid)

    def op_future(self):
        self.tick()
        place = self.rng.choice(self.places(self.pick("work")))
        self.run(place, "checkout", "-q", "--detach", "HEAD")
        at = self.clock + self.rng.choice([400 * 86400, 5_000_000_000])
        self.commit(place, f"future {self.fresh()}", at=at)
        self.run(place, "branch", f"future/{self.fresh()}")

    def op_odd(self):
        """Commits that no porcelain writes: impossible dates and zones, other encodings, no subject."""
        self.tick()
        where = self.pick("work", "bare")
        parent = self.rng.choice(self.commits(where))
        tree = self.run(where, "rev-parse", parent + "^{tree}")
        name, email = self.author()
        now = str(self.clock)
        stamp = self.rng.choice([
            f"{now} +9900", f"{now} -2400", f"{now} +2359", f"{now} +0099", f"{now} +051800", f"{now}", "", "-5 +0000", f"{now} UTC",
            "253402300799 +0000", "253402300800 +0000", "99999999999999999999999 +0000", "0 -1200", "0 +0000", f"{now} +99999999999"])
        extra, message = b"", f"odd {self.fresh()}\n".encode()
        kind = self.rng.random()
        if kind < 0.15:
            extra, message = b"encoding ISO-8859-1\n", b"caf\xe9 " + message
        elif kind < 0.25:
            message = b"caf\xe9 not UTF-8\n"
        elif kind < 0.35:
            message = b""
        elif kind < 0.45:
            message = b"\n\n  leading space\nsecond line\n\nbody\n"
        committer = f"{self.clock} +0000" if self.rng.random() < 0.85 else self.rng.choice([stamp, "0 +0000"])
        raw = (f"tree {tree}\nparent {parent}\nauthor {name} <{email}> {stamp}".rstrip(" ") + f"\ncommitter C <c@example.org> {committer}".rstrip(" ") + "\n").encode() + extra + b"\n" + message
        oid = self.run(where, "hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=raw)
        self.run(where, "update-ref", f"refs/heads/odd/{self.fresh()}", oid)

    def op_mailmap(self):
        self.tick()
        place = self.rng.choice(self.places(self.pick("work")))
        with open(os.path.join(place, ".mailmap"), "w") as out:
            out.write(self.rng.choice(MAILMAPS))
        self.run(place, "add", ".mailmap")
        self.commit(place, "mailmap")

    def op_clone(self):
        if len(self.repos) >= 7:
            raise Refused("enough clones")
        source = self.pick("work", "bare")
        if not self.refs(source):
            raise Refused("empty")
        kind = self.rng.choice(["work", "work", "bare", "shallow"])
        path = os.path.join(os.path.dirname(source), f"{kind}-{self.fresh()}")
        args = {"work": [], "bare": [self.rng.choice(["--bare", "--mirror"])], "shallow": ["--depth", str(self.rng.randint(1, 4)), "--no-single-branch"]}[kind]
        url = f"file://{source}" if kind == "shallow" else source
        self.run(os.path.dirname(source), "clone", "-q", *args, url, path)
        self.adopt(path, kind)

    def op_fetch(self):
        other = self.pick("work", "bare")
        name = os.path.basename(other)
        where = self.rng.choice([r["path"] for r in self.repos if r["path"] != other])
        if name not in self.lines(where, "remote"):
            self.run(where, "remote", "add", name, other)
            self.run(where, "config", f"remote.{name}.fetch", f"+refs/heads/*:refs/remotes/{name}/*")
        shallow = os.path.exists(os.path.join(where, ".git", "shallow"))
        extra = self.rng.choice([[], ["--tags"], ["--prune"]]) + (["--deepen", "2"] if shallow and self.rng.random() < 0.3 else [])
        self.run(where, "fetch", "-q", "--force", *extra, name)

    def op_push(self):
        source, target = self.pick("work"), self.pick("bare")
        self.run(source, "push", "-q", "--force", target, f"refs/heads/*:refs/heads/{os.path.basename(source)}/*")

    def op_worktree(self):
        self.tick()
        where = self.pick("work", "bare")
        if len(self.places(where)) > 3:
            raise Refused("enough worktrees")
        path = os.path.join(os.path.dirname(where), f"wt-{self.fresh()}")
        self.run(where, "worktree", "add", "-q", "--detach", path, self.rng.choice(self.commits(where)))
        for _ in range(self.rng.randint(0, 2)):
            self.commit(path)

    def op_worktree_gone(self):
        where = self.pick("work", "bare")
        found = [block.split("\n")[0][len("worktree "):] for block in self.run(where, "worktree", "list", "--porcelain").split("\n\n")][1:]
        if not found:
            raise Refused("none")
        path = self.rng.choice(sorted(found))
        kind = self.rng.random()
        if kind < 0.4:
            self.run(where, "worktree", "remove", "--force", path)
        elif kind < 0.7:
            shutil.rmtree(path, ignore_errors=True)       # listed still: its HEAD counts
        else:
            shutil.rmtree(path, ignore_errors=True)
            self.run(where, "worktree", "prune", "--expire", "now")

    def op_pack_refs(self):
        self.run(self.pick(), "pack-refs", "--all", *self.rng.choice([[], ["--no-prune"]]))

    def op_repack(self):
        where = self.pick()
        self.run(where, *self.rng.choice([["repack", "-q", "-d"], ["repack", "-q", "-a", "-d"], ["commit-graph", "write", "--reachable"], ["multi-pack-index", "write"]]))

    def op_gc(self):
        where = self.pick()
        self.run(where, "reflog", "expire", "--expire=all", "--all")
        self.run(where, "gc", "-q", "--prune=now")

    def op_submodule(self):
        self.tick()
        where, lib = self.pick("work"), self.pick("work", "bare")
        if where == lib or not self.has_head(lib) or len(self.repos) >= 9 or os.path.exists(os.path.join(where, "sub")):
            raise Refused("no submodule")
        self.run(where, "clone", "-q", lib, "sub")
        with open(os.path.join(where, ".gitmodules"), "w") as out:
            out.write('[submodule "sub"]\n\tpath = sub\n\turl = ./sub.git\n')
        self.run(where, "add", ".gitmodules", "sub")
        self.commit(where, "add a submodule")
        self.run(where, "submodule", "absorbgitdirs", "sub")
        self.adopt(os.path.join(where, "sub"), "submodule")
        self.commit(os.path.join(where, "sub"), f"inside {self.fresh()}")

    def op_replace(self):
        self.tick()
        where = self.pick("work", "bare")
        old = self.rng.choice(self.commits(where))
        new = self.run(where, "commit-tree", f"{old}^{{tree}}", "-m", f"replaced {self.fresh()}", env=self.dates())
        self.run(where, "replace", "-f", old, new)

    WEIGHTS = {"commit": 22, "devlog": 16, "wip": 7, "amend": 10, "branch": 6, "checkout": 5, "detach": 2, "merge": 7, "merge_wip": 2, "squash": 2, "cherry_pick": 6,
               "revert": 1, "rebase": 8, "reset": 2, "tag": 4, "delete_ref": 4, "orphan": 2, "stash": 2, "notes": 2, "other_ref": 1, "future": 1,
               "odd": 4, "mailmap": 3, "clone": 4, "fetch": 6, "push": 3, "worktree": 3, "worktree_gone": 1, "pack_refs": 2, "repack": 2, "gc": 1,
               "submodule": 1, "replace": 2}

    def adopt(self, path, kind):
        self.run(path, "config", self.MARK, "true")
        self.repos.append({"path": path, "kind": kind})

    def step(self, without=()):
        without = set(without) | (set() if self.replace else {"replace"}) | (set() if self.odd else {"odd"})
        names = [name for name in self.WEIGHTS if name not in without]
        name = self.rng.choices(names, [self.WEIGHTS[n] for n in names])[0]
        try:
            getattr(self, "op_" + name)()
            self.log.append(name)
        except (Refused, IndexError) as refusal:       # IndexError: nothing to choose from
            self.log.append(f"({name})")
            if os.environ.get("REPO_OPS_DEBUG"):
                print(name, refusal, file=sys.stderr)
            for repo in self.repos:
                if repo["kind"] != "bare":
                    for place in self.places(repo["path"]):
                        if self.busy(place):
                            self.clean(place)

    def busy(self, place):
        return not self.has_head(place) or bool(self.run(place, "status", "--porcelain", "--ignore-submodules=all", check=False)) \
            or any(os.path.exists(os.path.join(self.run(place, "rev-parse", "--absolute-git-dir"), f))
                   for f in ("rebase-merge", "rebase-apply", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD"))

    def manifest(self, seed):
        return {"seed": seed, "now": self.clock + 3600, "repositories": self.repos,
                "authors": sorted({email.lower() for person in PEOPLE for _, email in person}),
                "user": {"name": PEOPLE[0][0][0], "emails": [PEOPLE[0][0][1], PEOPLE[0][2][1]]},
                "operations": self.log}
