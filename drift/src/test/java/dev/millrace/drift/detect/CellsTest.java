package dev.millrace.drift.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.drift.profile.Profile;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.UnbinnedKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CellsTest {
  private static final int MOST = 20;

  private final SplittableRandom random = new SplittableRandom(11);

  /** Zeros have a cell of their own, and so have the values that training never had. */
  @Test
  void numbersAreAtMostTwentyCellsInTheirOrder() {
    double[] values = random.doubles(9_000, 1, 100).map(Math::rint).toArray();
    double[] withZeros = new double[12_000];
    System.arraycopy(values, 0, withZeros, 0, values.length);
    Reference reference = Reference.of("x", withZeros);
    Profile window = reference.newProfile();
    for (double value : values) {
      window.add(value);
    }
    window.add(-1.5);
    window.add(1e9);
    window.add(Double.NaN);
    window.add(Double.POSITIVE_INFINITY);
    window.add(UnbinnedKind.NULL, 1);
    window.add("text");

    List<Cell> cells = Cells.of(reference, window);

    assertThat(cells).hasSizeBetween(12, MOST);
    assertThat(cells).extracting(Cell::label).startsWith("< 0", "0").doesNotHaveDuplicates();
    assertThat(cells)
        .extracting(Cell::label)
        .endsWith("> 100", "NULL", "NAN", "INFINITE", "WRONG_TYPE");
    assertThat(cells.get(1).referenceShare()).isEqualTo(0.25);
    assertThat(cells.get(1).windowShare()).isZero();
    assertSharesAddUp(cells);
    assertThat(Cell.mostChanged(cells, 5)).hasSize(5).startsWith(cells.get(1));
  }

  /** Long tails of bins without reference values do not add cells. */
  @Test
  void aPartOfTheReferenceHasNoMoreCells() {
    Reference whole = Reference.of("x", random.doubles(5_000).toArray());
    Profile low = whole.newProfile();
    random.doubles(500, 0, 0.3).forEach(low::add);
    Profile window = whole.newProfile();
    random.doubles(500).forEach(window::add);

    List<Cell> cells = Cells.of(whole.withCounts(low), window);

    assertThat(cells.size()).isLessThanOrEqualTo(Cells.GROUPS + 2);
    assertSharesAddUp(cells);
  }

  /** A category that is rare in training and frequent in the window is shown by its name. */
  @Test
  void categoriesOfEitherSideAreNamedAndTheRestAreOne() {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      values.addAll(Collections.nCopies(400 - 5 * i, "c" + i));
    }
    values.addAll(Collections.nCopies(900, "long ".repeat(50)));
    Reference reference = Reference.of("x", values);
    Profile window = reference.newProfile();
    Collections.nCopies(9_000, "c39").forEach(window::add);
    values.forEach(window::add);
    window.add("new");

    List<Cell> cells = Cells.of(reference, window);
    Map<String, Cell> byLabel = cells.stream().collect(Collectors.toMap(Cell::label, c -> c));

    assertThat(cells).hasSize(Cells.GROUPS + 2);
    assertThat(byLabel).containsKeys("'c39'", "'c0'", "OTHER", "UNSEEN");
    assertThat(byLabel).doesNotContainKey("'c30'");
    assertThat(cells).extracting(cell -> cell.label().length()).allMatch(length -> length <= 60);
    assertSharesAddUp(cells);
    assertThat(Cell.mostChanged(cells, 5).get(0).label()).isEqualTo("'c39'");
  }

  /** The parts of all cells are the squared distance. */
  @Test
  void divergencesAddUpToTheDistance() {
    List<Cell> disjoint = List.of(new Cell("a", 1, 0), new Cell("b", 0, 1));
    assertThat(disjoint.stream().mapToDouble(Cell::divergence).sum()).isEqualTo(1, within(1e-12));
    assertThat(new Cell("same", 0.3, 0.3).divergence()).isZero();
    assertThat(Cell.mostChanged(List.of(new Cell("same", 0.3, 0.3)), 5)).isEmpty();
  }

  private static void assertSharesAddUp(List<Cell> cells) {
    assertThat(cells.stream().mapToDouble(Cell::referenceShare).sum()).isEqualTo(1, within(1e-9));
    assertThat(cells.stream().mapToDouble(Cell::windowShare).sum()).isEqualTo(1, within(1e-9));
  }
}
