package dev.millrace.drift.detect;

import dev.millrace.drift.profile.Bins;
import dev.millrace.drift.profile.CategoryBins;
import dev.millrace.drift.profile.NumberBins;
import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.UnbinnedKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Merges the bins of a feature to few cells that a person can read and a page can draw. Cells
 * without values on both sides are left out.
 */
final class Cells {
  /** With OTHER or both ends, UNSEEN and the kinds without a bin, there are at most 20 cells. */
  static final int GROUPS = 14;

  /** Of a category, in code points, so that long ones do not make reports large. */
  private static final int LONGEST_LABEL = 60;

  private final Reference reference;
  private final Profile window;
  private final double referenceTotal;
  private final double windowTotal;
  private final List<Cell> cells = new ArrayList<>();

  private Cells(Reference reference, Profile window) {
    this.reference = reference;
    this.window = window;
    this.referenceTotal = reference.total();
    this.windowTotal = window.total();
  }

  /** The cells in the order of the bins, then the kinds of value without a bin. */
  static List<Cell> of(Reference reference, Profile window) {
    Cells cells = new Cells(reference, window);
    if (reference.bins() instanceof NumberBins bins) {
      cells.addNumbers(bins);
    } else if (reference.bins() instanceof CategoryBins bins) {
      cells.addCategories(bins);
    }
    for (UnbinnedKind kind : UnbinnedKind.values()) {
      cells.add(kind.name(), reference.profile().count(kind), window.count(kind));
    }
    return List.copyOf(cells.cells);
  }

  private void add(String label, long inReference, long inWindow) {
    if (inReference + inWindow > 0) {
      cells.add(new Cell(label, inReference / referenceTotal, inWindow / windowTotal));
    }
  }

  private void add(String label, int from, int to) {
    long inReference = 0;
    long inWindow = 0;
    for (int bin = from; bin <= to; bin++) {
      inReference += reference.profile().count(bin);
      inWindow += window.count(bin);
    }
    add(label, inReference, inWindow);
  }

  /** Groups with equal shares of the reference, and what lies below and beyond the reference. */
  private void addNumbers(NumberBins bins) {
    int last = bins.size() - 1;
    if (last < 2) {
      IntStream.rangeClosed(0, last).forEach(bin -> add(bins.label(bin), bin, bin));
      return;
    }
    add(below(bins), 0, 0);
    double total = Math.max(1, reference.profile().binned());
    long before = reference.profile().count(0);
    int from = 1;
    for (int bin = 1; bin < last; bin++) {
      long group = group(before, total);
      before += reference.profile().count(bin);
      if (bin == last - 1 || group(before, total) != group) {
        add(range(bins, from, bin), from, bin);
        from = bin + 1;
      }
    }
    add(beyond(bins, last), last, last);
  }

  private static long group(long before, double total) {
    return Math.min(GROUPS - 1, (long) (before / total * GROUPS));
  }

  /** The values of neighbouring bins. */
  private static String range(NumberBins bins, int from, int to) {
    if (from == to && bins.isAtom(from)) {
      return number(bins.edge(from - 1));
    }
    Edge low = Edge.of(bins.edge(from - 1));
    Edge high = Edge.of(bins.edge(to));
    return (low.after ? "(" : "[") + low.text + ", " + high.text + (high.after ? "]" : ")");
  }

  private static String below(NumberBins bins) {
    Edge low = Edge.of(bins.edge(0));
    return (low.after ? "<= " : "< ") + low.text;
  }

  private static String beyond(NumberBins bins, int last) {
    Edge high = Edge.of(bins.edge(last - 1));
    return (high.after ? "> " : ">= ") + high.text;
  }

  /**
   * An edge of a bin.
   *
   * @param text the edge, or the number before it
   * @param after whether the edge is the next number after a shorter one, which a bin ends with
   */
  private record Edge(String text, boolean after) {
    static Edge of(double edge) {
      String exact = number(edge);
      String before = number(Cells.below(edge));
      return before.length() < exact.length() ? new Edge(before, true) : new Edge(exact, false);
    }
  }

  private static double below(double edge) {
    return isSingle(edge) ? Math.nextDown((float) edge) : Math.nextDown(edge);
  }

  private static boolean isSingle(double value) {
    return (double) (float) value == value;
  }

  /** The shortest text of a number in double or, if it is one, in single precision. */
  private static String number(double value) {
    String text = isSingle(value) ? Float.toString((float) value) : Double.toString(value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  /** The most frequent categories of either side, and all others of the reference as one cell. */
  private void addCategories(CategoryBins bins) {
    Set<Integer> shown = frequent(bins);
    long othersInReference = 0;
    long othersInWindow = 0;
    for (int bin = 0; bin <= bins.other(); bin++) {
      if (shown.contains(bin)) {
        add(label(bins, bin), bin, bin);
      } else {
        othersInReference += reference.profile().count(bin);
        othersInWindow += window.count(bin);
      }
    }
    add(bins.label(bins.other()), othersInReference, othersInWindow);
    add(bins.label(bins.unseen()), bins.unseen(), bins.unseen());
  }

  private Set<Integer> frequent(CategoryBins bins) {
    return new HashSet<>(
        IntStream.range(0, bins.other())
            .boxed()
            .sorted(Comparator.comparingDouble(this::largerShare).reversed())
            .limit(GROUPS)
            .toList());
  }

  private double largerShare(int bin) {
    return Math.max(
        reference.profile().count(bin) / referenceTotal, window.count(bin) / windowTotal);
  }

  private static String label(Bins bins, int bin) {
    String label = bins.label(bin);
    return label.codePointCount(0, label.length()) <= LONGEST_LABEL
        ? label
        : label.substring(0, label.offsetByCodePoints(0, LONGEST_LABEL - 1)) + "…";
  }
}
