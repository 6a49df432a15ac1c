package dev.millrace.drift.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.millrace.drift.profile.Reference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingProfileTest {
  private static TrainingProfile profile(double[] numbers, List<String> words) {
    Map<String, Reference> references = new LinkedHashMap<>();
    references.put("words", Reference.of("words", words));
    references.put("numbers", Reference.of("numbers", numbers));
    return new TrainingProfile(
        "orders", new TrainingProfile.CreatedFrom("rows.csv", numbers.length, "00"), references);
  }

  @Property(tries = 200)
  void readsBackWhatWasWritten(
      @ForAll @Size(max = 300) double[] numbers, @ForAll @Size(max = 300) List<String> words) {
    TrainingProfile profile = profile(numbers, words);

    TrainingProfile read = TrainingProfile.parse(profile.toJson(), "profile.json");

    assertThat(read).isEqualTo(profile);
    assertThat(read.references().keySet()).containsExactly("words", "numbers");
    assertThat(read.toJson()).isEqualTo(profile.toJson());
  }

  /** The number of rows exceeds the capacity of a sketch. */
  @Test
  void sameRowsMakeTheSameTextForAnyNumberOfRows() {
    double[] numbers = new SplittableRandom(8).doubles(200_000).toArray();

    String text = profile(numbers, List.of("a")).toJson();

    assertThat(profile(numbers, List.of("a")).toJson()).isEqualTo(text);
  }

  @Test
  void readsAProfileWithoutDoubletons() {
    TrainingProfile profile = profile(new double[] {1}, List.of("a", "b", "a"));
    String old = profile.toJson().replaceFirst("\\s*\"doubletons\" : 1,", "");

    TrainingProfile read = TrainingProfile.parse(old, "profile.json");

    assertThat(profile.toJson()).contains("\"doubletons\" : 1,");
    assertThat(read.references().get("words")).extracting(Reference::doubletons).isNull();
    assertThat(read.toJson()).isEqualTo(old);
  }

  @Test
  void hasTheDocumentedFormat() {
    String json = profile(new double[] {1, 1.5, 2}, List.of("a", "b", "a")).toJson();

    assertThat(json)
        .contains("\"pipeline\" : \"orders\"", "\"type\" : \"number\"", "\"type\" : \"category\"")
        .contains("\"mean\" : 1.5", "\"counts\" : [ 0, 1, 1, 1, 0 ]", "\"a\" : 2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"n\" : 3 | \"n\" : 4 | features.words.n: 4 is not the sum of the counts, 3",
        "\"format\" : 1 | \"format\" : 2 | format: this release reads 1, not 2",
        "\"pipeline\" : \"orders\", | '' | pipeline: text expected, but it is missing",
        "[ 0, 1, 1, 1, 0 ] | [ 0, 1 ] | features.numbers.counts: 5 expected",
        "[ 0, 1, 1, 1, 0 ] | [ 0, -1, 1, 1, 0 ] | features.numbers.counts: an array",
        "[ 1.0, | [ 9.0, | features.numbers.edges: bin edges must be finite",
        "\"type\" : \"number\" | \"type\" : \"date\" | features.numbers.type: 'number' or",
        "\"pipeline\" : | \"pipeline\" | profile.json:3: not JSON"
      })
  void rejectsADamagedProfileWithThePlace(String sound, String damaged, String problem) {
    String json = profile(new double[] {1, 1.5, 2}, List.of("a", "b", "a")).toJson();
    assertThat(json).contains(sound);

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                TrainingProfile.parse(
                    json.replaceFirst(Pattern.quote(sound), damaged), "profile.json"))
        .withMessageContaining(problem);
  }
}
