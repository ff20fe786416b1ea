// SPDX-License-Identifier: Apache-2.0
package earlysight.bench;

import java.util.BitSet;

/** The features of a child, null where they are not known, and the rules that fired. */
public class Child {
  public String phase, sen;
  public Integer year, moves, behaviour, age, daysOnRoll, daysUnseen, reviewIn, reviewOverdue;
  public Integer poorRun, emptyWeeks, worstWeek, fullWeeks, sessionsMissed, referrals, daysWaiting, services;
  public Integer suspensions, daysSinceSuspension, placementsBegun, plans, daysSinceSupport;
  public Double attainment, reading, previous, distance, hoursOffered, yearShare, lately, fall, fortnight, slope;
  public Double daysOut, longestSuspension, leastHours;
  public Boolean freeMeals, lookedAfter, inNeed, youngCarer, eal, camhsWaiting, ndWaiting, urgentUnseen;
  public Boolean longOne, assaulted, residentialNow, placedNow, partTime, overdue;

  private final BitSet fired = new BitSet();

  public void fires(int rule) {
    fired.set(rule);
  }

  boolean didFire(int rule) {
    return fired.get(rule);
  }

  void forget() {
    fired.clear();
  }
}
