# SPDX-License-Identifier: Apache-2.0
"""OpenFisca: children are groups whose members are the rows of the four event tables, attendance is a variable a week, as OpenFisca's periods have it;
every condition, rule and score is a variable with a vectorised formula, and each is worked out once. A variable has no null: what is not known needs an
input that says so (`…_known`), and each condition, rule and score a second variable (`…_possible`), so that three states cost about twice the work of the
form `fires`, in which only what certainly fires is asked for. Counts are kept as whole numbers and shares worked out where they are compared, since
OpenFisca keeps fractions in 32 bits."""
import datetime
import importlib.metadata

import numpy as np
from openfisca_core.periods import DateUnit, period
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem

from . import pack as packs
from .data import DATES, WEEKS, YES_NO
from .openfisca_formulas import attendance_conditions, child, child_conditions, event_conditions, record, variable, weekly

DAY = period("2025-07-18")
FEEDS = {"attendance_feed", "health_feed", "care_feed"}


def expression(e, of, day):
    kind = e[0]
    if kind == "is":
        return of(e[1], day) if e[2] else ~of(e[1] + "_possible", day)
    if kind == "not":
        return ~expression(e[1], of, day)
    parts = [expression(x, of, day) for x in e[-1]]
    if kind == "at_least":
        return sum(p.astype(np.int8) for p in parts) >= e[1]
    return (np.logical_and if kind == "and" else np.logical_or).reduce(parts)


def says(e, wanted=True):
    return (lambda of, day: expression(e, of, day)) if wanted else (lambda of, day: ~expression(e, of, day))


def certainly(holds, known):
    return (lambda of, day: holds(of, day) & known(of, day)) if known else holds


def possibly(holds, known):
    return (lambda of, day: holds(of, day) | ~known(of, day)) if known else holds


def feed_known(feed):
    return lambda of, day: of(feed, day)


class Peer:
    def __init__(self, data, pack, form, threads):
        assert threads == 1, "OpenFisca works on one thread"
        self.pack, self.three, self.children = pack, form == "three", data.children
        # A week's period goes from Monday to Sunday.
        weeks = [period(datetime.date.fromordinal(719163 + int(monday)).strftime("%G-W%V")) for monday in data.mondays]
        inputs = {**self.of_children(data), **self.of_weeks(data, weeks)}
        records, child_of = self.of_records(data)
        system = TaxBenefitSystem([record, child])
        for entity, columns in ((child, inputs), (record, records)):
            for name, values in columns.items():
                first = next(iter(values.values()))
                kind = {"M": datetime.date, "b": bool, "f": float}.get(first.dtype.kind, int)
                unit = DateUnit.WEEK if next(iter(values)) is not DAY else DateUnit.DAY
                system.add_variable(variable(name, None, kind, entity, unit))
        x = (data.mondays[27:] - data.mondays[27]) / 7
        self.worked_out = self.add_formulas(system, weeks, (x - x.mean()) / ((x - x.mean()) ** 2).sum())

        builder = SimulationBuilder()
        builder.create_entities(system)
        builder.declare_person_entity("record", range(len(child_of)))
        builder.declare_entity("child", range(data.children)).members_entity_id = child_of
        self.simulation: Simulation = builder.build(system)
        for columns in (inputs, records):
            for name, values in columns.items():
                for when, array in values.items():
                    self.simulation.set_input(name, when, array)

    def versions(self):
        return {"OpenFisca-Core": importlib.metadata.version("openfisca-core"), "NumPy": np.__version__}

    def of_children(self, data):
        out = {}
        for name, values in data.child.items():
            known = data.known.get(f"child.{name}", data.present.get(f"child.{name}"))
            if name in FEEDS:
                out[name] = {DAY: values.astype(bool) & known}
            else:
                inner = f"has_{name}" if name in YES_NO else name
                out[inner] = {DAY: values.astype("M8[D]") if name in DATES else values.astype(bool) if name in YES_NO else values}
                out[inner + "_known"] = {DAY: known}
        return out

    def of_weeks(self, data, weeks):
        by_week = {name: np.ascontiguousarray(data.attendance[name].reshape(-1, WEEKS).T) for name in ("possible", "attended")}
        return {name: dict(zip(weeks, values)) for name, values in by_week.items()}

    def of_records(self, data):
        """The rows of all tables below one another, and the child of each; a last one of no table gives the last child a row, as `sum` wants."""
        tables = ("referral", "suspension", "placement", "plan")
        lengths = [len(getattr(data, table)["child_row"]) for table in tables]
        n, out, first = sum(lengths) + 1, {}, 0
        for table, length in zip(tables, lengths):
            def spread(values, here=slice(first, first + length)):
                column = np.zeros(n, values.dtype)
                column[here] = values
                return {DAY: column}

            out[f"is_{table}"] = spread(np.ones(length, bool))
            for name, values in getattr(data, table).items():
                if name == "child_row":
                    continue
                out[f"{table}_{name}"] = spread(values.astype("M8[D]") if name in DATES else values.astype(bool) if name in YES_NO else values)
                for states in (data.known, data.present):
                    if f"{table}.{name}" in states:
                        out[f"{table}_{name}_known"] = spread(states[f"{table}.{name}"])
            first += length
        return out, np.concatenate([*(getattr(data, table)["child_row"] for table in tables), [data.children - 1]]).astype(np.intp)

    def add_formulas(self, system, weeks, slope_of):
        made = {}

        def add(name, formula, kind=bool):
            made[name] = variable(name, formula, kind)
            system.add_variable(made[name])

        for name, formula in weekly(weeks).items():
            add(name, formula, int)
        for name, (holds, known) in {**child_conditions(), **attendance_conditions(slope_of, weeks)}.items():
            add(name, certainly(holds, known))
            add(name + "_possible", possibly(holds, known))
        for name, (feed, certain, possible) in event_conditions().items():
            known = feed_known(feed) if feed else None
            add(name, certainly(certain, known))
            add(name + "_possible", possibly(possible, known))
        for rule in self.pack.rules:
            add(rule.name, says(packs.fires(rule)))
            add(rule.name + "_possible", says(packs.silent(rule), False))
            add(rule.name + "_outside", says(packs.surely(rule.for_, False)) if rule.for_ else lambda of, day: np.zeros(of.count, bool))
        add("low", lambda of, day: self.score(of, day, ""), int)
        add("high", lambda of, day: self.score(of, day, "_possible"), int)
        return list(made)

    def score(self, of, day, end):
        flags = {}
        for rule in self.pack.rules:
            for flag, points in rule.raises:
                reached = of(rule.name + end, day) * np.uint8(points)
                flags[flag] = np.maximum(flags[flag], reached) if flag in flags else reached
        return sum(np.minimum(sum(flags[f] for f, t in self.pack.flags.items() if t == theme), np.uint8(most)).astype(np.int32)
                   for theme, most in self.pack.themes.items())

    def run(self):
        for name in self.worked_out:
            self.simulation.delete_arrays(name, DAY)
        calculate = self.simulation.calculate
        ends = ("", "_possible", "_outside") if self.three else ("",)
        for end in ends:
            for rule in self.pack.rules:
                calculate(rule.name + end, DAY)
        for score in ("low", "high") if self.three else ():
            calculate(score, DAY)

    def outcomes(self):
        def of(name):
            return self.simulation.calculate(name, DAY)

        if not self.three:
            yield np.stack([of(rule.name) for rule in self.pack.rules]).astype(np.uint8)
            return
        yield np.stack([np.where(of(r.name + "_outside"), 3, np.where(of(r.name), 1, 2 * of(r.name + "_possible"))) for r in self.pack.rules]).astype(np.uint8)
        yield of("low").astype(float)
        yield of("high").astype(float)
