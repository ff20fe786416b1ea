# SPDX-License-Identifier: Apache-2.0
"""Packs made of workload.sight for bench/cliffs.py: other numbers of rules over the same named conditions. The same each time."""
import random
import re

KNOWN = "(looked_after is known)"


def parts_of(text):
    """Head (tables, facts, themes, flags), rules and bands of a pack's text."""
    first = text.index("\nrule ") + 1
    last = text.index("\nband ", first) + 1
    return text[:first], re.split(r"\n(?=rule )", text[first:last].strip()), text[last:]


def conditions_of(head):
    """The names of the conditions that the rules share: the facts below the comment that says so."""
    below = head[head.index("-- The conditions that the rules share."):]
    return re.findall(r"^fact (\w+) =", below, re.M)


def more_rules(head, rules, wanted):
    """`wanted` rules: some of those given, evenly spread, or all of them and others over the same conditions, of the same forms."""
    if wanted <= len(rules):
        return [rules[i * len(rules) // wanted] for i in range(wanted)]
    r = random.Random(wanted)
    conditions, flags = conditions_of(head), re.findall(r"^flag (\w+) .* in ", head, re.M)
    out = list(rules)
    for i in range(len(rules), wanted):
        a, b, c, d = r.sample(conditions, 4)
        body = r.choice([f"  when    {a} and {b}", f"  when    {a} and ({b} or {c})", f"  for     {a}\n  when    {b} and not {c}", f"  when    {a} and {b}\n  unless  known that {c}",
                         f"  when    at least 2 of ({a}, {b}, {c}, {d})"])
        out.append(f'rule m{i:04} "Made {i}"\n{body}\n  raise   {r.choice(flags)} {r.choice(["low", "medium", "high"])}, {r.randint(3, 25)} points')
    return out


def joined(head, rules, bands):
    return head + "\n\n".join(rules) + "\n\n" + bands


def with_rules(text, wanted):
    head, rules, bands = parts_of(text)
    return joined(head, more_rules(head, rules, wanted), bands)


def with_categories(text, count):
    """Columns of so many categories, which a tenth of the rules look at: one of them, a list of half of them, and how many different ones."""
    names = [f"p{i:04}" for i in range(count)]
    listed = ", ".join(names)
    half = ", ".join(names[: max(1, count // 2)])
    text = text.replace("  hours_offered   hours\n", f"  hours_offered   hours\n  ward            category ({listed})\n")
    text = text.replace("  urgent  yes/no\n", f"  urgent  yes/no\n  provider category ({listed})\n")
    text = text.replace("-- The conditions that the rules share.", "\n".join([
        f"fact in_some_ward = ward is one of ({half})", f"fact in_last_ward = ward is {names[-1]}", f"fact provided = any referral where provider is one of ({half})",
        "fact providers = count of different provider of referral", "", "-- The conditions that the rules share."]))
    head, rules, bands = parts_of(text)
    added = ["persistent and in_some_ward", "severe or in_last_ward", "provided and falling", "providers is at least 2", "in_last_ward and provided", "low_lately and in_some_ward"]
    rules += [f'rule w{i} "Ward {i}"\n  when    {a}\n  raise   absent low, 3 points' for i, a in enumerate(added)]
    return joined(head, rules, bands)


def always(text, fires):
    """Each rule with one condition more, which is true of every child: `or` it, so that all rules fire, or `and` it, so that none does that did not."""
    head, rules, bands = parts_of(text)
    word = "or" if fires else "and"
    head = head.replace("-- The conditions that the rules share.", f"fact anyone = {KNOWN} or not {KNOWN}\n\n-- The conditions that the rules share.")
    return joined(head, [re.sub(r"^  when    (.+)$", rf"  when    (\1) {word} anyone", r, flags=re.M) for r in rules], bands)
