# SPDX-License-Identifier: Apache-2.0
"""OpenFisca's variables of the reference workload. Each condition is an array that says where it certainly holds and another that says where it may:
of a child's own column or of attendance, what holds and what must be known for it; of a table many per child, both ends of its rows."""
import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.variables import Variable

from .data import TODAY

NEAR = 1e-9
record = build_entity("record", "records", "A row of a table many per child", is_person=True)
child = build_entity("child", "children", "A child", roles=[{"key": "of"}])
TODAY_DATE = np.datetime64(TODAY, "D")
YEAR_AGO, TWO_YEARS_AGO, ACADEMIC_YEAR = np.datetime64("2024-07-18"), np.datetime64("2023-07-18"), np.datetime64("2024-09-01")


def variable(name, formula=None, value_type=bool, entity=child, unit=DateUnit.DAY):
    inside = {"value_type": value_type, "entity": entity, "definition_period": unit, "label": name}
    if formula:
        inside["formula"] = formula
    return type(name, (Variable,), inside)


def weekly(weeks):
    """Sums and counts over the weeks' variables."""
    lately, before, fortnight, late = weeks[33:39], weeks[21:33], weeks[37:39], weeks[27:39]

    def total(name, these):
        return lambda of, _: sum(of(name, week).astype(np.int32) for week in these)

    def count(holds, these):
        return lambda of, _: sum(holds(of, week).astype(np.int32) for week in these)

    def longest_run(of, _):
        run = longest = np.zeros(of.count, np.int32)
        for week in weeks[19:]:
            run = (run + 1) * (of("attended", week) <= 5)
            longest = np.maximum(longest, run)
        return longest

    out = {f"{name}_{span}": total(name, these) for name in ("attended", "possible")
           for span, these in (("lately", lately), ("before", before), ("fortnight", fortnight), ("year", weeks))}
    out["poor_run"] = longest_run
    out["empty_weeks"] = count(lambda of, week: of("attended", week) == 0, late)
    out["full_weeks"] = count(lambda of, week: of("attended", week) >= of("possible", week), weeks)
    out["worst_week"] = lambda of, _: np.minimum.reduce([of("attended", week) for week in late])
    return out


def child_conditions():
    """name: what holds of the child's own columns, and the column that must be known."""
    def column(name, holds):
        return lambda of, day: holds(of(name, day)), lambda of, day: of(name + "_known", day)

    out = {
        "primary": column("phase", lambda x: x == 0), "secondary": column("phase", lambda x: x == 1), "specialist": column("phase", lambda x: x >= 2),
        "moving_up": column("year", lambda x: (x == 6) | (x == 7)), "exam_year": column("year", lambda x: x >= 10),
        "sen_support": column("sen", lambda x: x == 1), "ehcp": column("sen", lambda x: x == 2), "any_sen": column("sen", lambda x: x != 0),
        "moved_often": column("moves", lambda x: x >= 3), "behaviour_high": column("behaviour", lambda x: x > 20),
        "low_attainment": column("attainment", lambda x: x < 90),
        "poor_reader": column("reading", lambda x: x <= 85), "poor_before": column("previous", lambda x: x < 0.9), "far": column("distance", lambda x: x > 5),
        "few_hours": column("hours_offered", lambda x: x < 20),
        "young": column("birth", lambda x: (x <= np.datetime64("2020-07-18")) & (x > np.datetime64("2014-07-18"))),
        "nearly_adult": column("birth", lambda x: x <= np.datetime64("2010-07-18")),
        "new_here": column("admitted", lambda x: x > TODAY_DATE - 120), "unseen": column("last_seen", lambda x: x <= TODAY_DATE - 21),
        "review_late": (lambda of, day: of("review_due_known", day) & (of("review_due", day) < TODAY_DATE), None),
        "review_near": (lambda of, day: of("review_due_known", day) & (of("review_due", day) > TODAY_DATE) & (of("review_due", day) <= TODAY_DATE + 42), None),
    }
    for name in ("free_meals", "looked_after", "in_need", "young_carer", "eal"):
        out[name] = column(f"has_{name}", lambda x: x)
    return out


def attendance_conditions(slope_of, weeks):
    feed = "attendance_feed"

    def share(span):
        def work_out(of, day):
            with np.errstate(all="ignore"):
                return of(f"attended_{span}", day) / of(f"possible_{span}", day)
        return work_out

    def compared(holds, *spans):
        return (lambda of, day: holds(*(share(span)(of, day) for span in spans)),
                lambda of, day: of(feed, day) & np.logical_and.reduce([of(f"possible_{span}", day) > 0 for span in spans]))

    def counted(name, holds):
        return lambda of, day: holds(of(name, day)), lambda of, day: of(feed, day)

    def slope(of):
        with np.errstate(all="ignore"):
            return sum(weight * (of("attended", week) / of("possible", week)) for weight, week in zip(slope_of, weeks[27:]))

    return {
        "persistent": compared(lambda x: x < 0.9 - NEAR, "year"), "severe": compared(lambda x: x <= 0.5 + NEAR, "year"),
        "low_lately": compared(lambda x: x < 0.85 - NEAR, "lately"),
        "falling": compared(lambda a, b: a - b >= 0.05 - NEAR, "before", "lately"), "falling_fast": compared(lambda a, b: a - b >= 0.15 - NEAR, "before", "lately"),
        "recovering": compared(lambda a, b: a - b <= -0.05 + NEAR, "before", "lately"), "gone": compared(lambda x: x < 0.2 - NEAR, "fortnight"),
        "downhill": (lambda of, day: slope(of) < -0.01 - NEAR,
                     lambda of, day: of(feed, day) & np.logical_and.reduce([of("possible", week) > 0 for week in weeks[27:]])),
        "run_of_three": counted("poor_run", lambda x: x >= 3), "run_of_five": counted("poor_run", lambda x: x >= 5),
        "several_empty": counted("empty_weeks", lambda x: x >= 2),
        "bad_week": counted("worst_week", lambda x: x <= 2), "rarely_full": counted("full_weeks", lambda x: x < 15),
        "missed_much": (lambda of, day: of("possible_year", day) - of("attended_year", day) > 60, lambda of, day: of(feed, day)),
    }


def now(when):
    return when <= TODAY_DATE


def year(when):
    return (when <= TODAY_DATE) & (when > YEAR_AGO)


def two_years(when):
    return (when <= TODAY_DATE) & (when > TWO_YEARS_AGO)


def still_open(began, ended, there):
    return (began <= TODAY_DATE) & (~there | (ended > TODAY_DATE))


def event_conditions():
    """name: feed, and for both ends (certainly, possibly) an array of the rows' values made an array of the children's."""
    def rows(table, *names):
        def read(of, day):
            members = of.members
            return [members(f"is_{table}", day), *(members(f"{table}_{name}", day) for name in names)]
        return read

    def any_where(feed, table, names, among, holds=None, what=None):
        """Any of the rows `among` for which it holds, where of some it is not known."""
        read = rows(table, *names, *([what, what + "_known"] if what else []))

        def certain(of, day):
            here, *values = read(of, day)
            return of.any(here & among(*values[:len(names)]) & (holds(values[-2]) & values[-1] if what else True))

        def possible(of, day):
            here, *values = read(of, day)
            return of.any(here & among(*values[:len(names)]) & (holds(values[-2]) | ~values[-1] if what else True))
        return feed, certain, possible

    def number(feed, table, names, among, holds, value=None):
        """Of the rows' count or total; not known where a value is not."""
        read = rows(table, *names, *([value, value + "_known"] if value else []))

        def work_out(of, day):
            here, *values = read(of, day)
            chosen = here & among(*values[:len(names)])
            if not value:
                return holds(of.sum(chosen)), None
            return holds(of.sum(chosen * values[-2] * values[-1])), of.any(chosen & ~values[-1])

        def certain(of, day):
            says, unknown = work_out(of, day)
            return says if unknown is None else says & ~unknown

        def possible(of, day):
            says, unknown = work_out(of, day)
            return says if unknown is None else says | unknown
        return feed, certain, possible

    def none_unknown(feed, table, names, among, holds, what, blind=None):
        """Any row for which it holds; not known as soon as the value of one is not."""
        _, says, _ = any_where(feed, table, names, among, holds, what)
        _, _, unknown = any_where(feed, table, names, blind or among, lambda x: x < x, what)
        return feed, lambda of, day: says(of, day) & ~unknown(of, day), lambda of, day: says(of, day) | unknown(of, day)

    health, school, care = "health_feed", "attendance_feed", "care_feed"
    referral, placement = ("made", "seen", "seen_known"), ("began", "ended", "ended_known")
    _, _, unnamed = any_where(health, "referral", ("made",), two_years, lambda x: x < x, "service")

    def kinds(of, day):
        here, made, service, named = rows("referral", "made", "service", "service_known")(of, day)
        return sum(of.any(here & two_years(made) & named & (service == kind)).astype(np.int8) for kind in range(4)) >= 2

    return {
        "referred": number(health, "referral", ("made",), year, lambda n: n >= 1), "referred_again": number(health, "referral", ("made",), year, lambda n: n >= 2),
        "camhs_waiting": any_where(health, "referral", referral, still_open, lambda x: x == 0, "service"),
        "nd_waiting": any_where(health, "referral", referral, lambda m, s, t: still_open(m, s, t) & (m <= TODAY_DATE - 126), lambda x: x == 1, "service"),
        "urgent_unseen": any_where(health, "referral", referral, lambda m, s, t: still_open(m, s, t) & (m > TODAY_DATE - 182), lambda x: x, "urgent"),
        "waiting_half_year": any_where(health, "referral", referral, lambda m, s, t: still_open(m, s, t) & (m <= TODAY_DATE - 180)),
        "waiting_year": any_where(health, "referral", referral, lambda m, s, t: still_open(m, s, t) & (m <= TODAY_DATE - 365)),
        "many_services": (health, lambda of, day: kinds(of, day) & ~unnamed(of, day), lambda of, day: kinds(of, day) | unnamed(of, day)),
        "suspended": number(school, "suspension", ("day",), year, lambda n: n >= 1), "suspended_often": number(school, "suspension", ("day",), year, lambda n: n >= 3),
        "out_long": number(school, "suspension", ("day",), lambda when: (when <= TODAY_DATE) & (when >= ACADEMIC_YEAR), lambda n: n > 5, "days"),
        "long_one": any_where(school, "suspension", ("day",), year, lambda x: x > 2, "days"),
        "suspended_lately": any_where(school, "suspension", ("day",), lambda when: (when <= TODAY_DATE) & (when > TODAY_DATE - 84)),
        "assaulted": any_where(school, "suspension", ("day",), now, lambda x: x == 0, "reason"),
        "out_a_week": none_unknown(school, "suspension", ("day",), year, lambda x: x >= 5, "days"),
        "placed_anew": number(care, "placement", ("began",), two_years, lambda n: n >= 1), "unstable": number(care, "placement", ("began",), two_years, lambda n: n >= 2),
        "residential_now": any_where(care, "placement", placement, still_open, lambda x: x == 1, "kind"),
        "placed_now": any_where(care, "placement", placement, still_open),
        "planned": any_where(None, "plan", ("made",), year), "part_time": any_where(None, "plan", ("made",), now, lambda x: x == 2, "kind"),
        "tiny_hours": none_unknown(None, "plan", ("made",), year, lambda x: x < 15, "hours"),
        "overdue": any_where(None, "plan", ("made",), now, lambda x: x < TODAY_DATE, "review"),
        "supported_lately": none_unknown(None, "plan", ("made",), lambda made: now(made) & (made > TODAY_DATE - 182), lambda x: x == 1, "kind", now),
    }
