package dev.millrace.drift.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.drift.profile.CategoryBins;
import dev.millrace.drift.profile.Reference;
import dev.millrace.drift.profile.UnbinnedKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ProfileCommandTest {
  private static final String SCHEMA =
      """
      {"type": "record", "name": "Order", "fields": [
        {"name": "id", "type": "string"}, {"name": "shop", "type": ["null", "string"]},
        {"name": "amount", "type": "double"}, {"name": "express", "type": "boolean"},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}
      """;
  private static final String PIPELINE =
      """
      name: orders
      sources:
        orders: {topic: orders, schema: order.avsc, id: id, key: shop, time: at}
      score: orders
      model: {name: late, path: model, inputs: [amount, shop, express]}
      """;

  private static final String DRIFT = "drift: {window: 1d, false_alarms: 1 per 30d}\n";

  private final Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  ProfileCommandTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void writePipeline() throws IOException {
    Files.createDirectory(directory.resolve("model"));
    Files.createFile(directory.resolve("model/model.onnx"));
    Files.writeString(directory.resolve("order.avsc"), SCHEMA);
    Files.writeString(directory.resolve("pipeline.yaml"), PIPELINE);
  }

  private int profile(String training, String content, String... options) throws IOException {
    Files.writeString(directory.resolve(training), content);
    CommandLine command = new CommandLine(new ProfileCommand());
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    String[] args = new String[options.length + 2];
    System.arraycopy(options, 0, args, 2, options.length);
    args[0] = directory.resolve("pipeline.yaml").toString();
    args[1] = directory.resolve(training).toString();
    return command.execute(args);
  }

  private TrainingProfile written() throws IOException {
    return TrainingProfile.load(directory.resolve("model/profile.json"));
  }

  @Test
  void aScoreIsTheSameForAnyNumberOfDigitsWritten() throws IOException {
    String header = "inputs.shop,inputs.amount,inputs.express,score\n";
    assertThat(profile("rows.csv", header + "x,1.5,true,0.1\n"))
        .describedAs(err::toString)
        .isZero();
    var shortest = written().references();
    assertThat(profile("rows.csv", header + "x,1.5,true,0.10000000149011612\n")).isZero();

    assertThat(written().references()).isEqualTo(shortest);
  }

  @Test
  void csvAndJsonLinesMakeTheSameProfile() throws IOException {
    String csv =
        """
        event_id,inputs.shop,inputs.amount,inputs.amount.status,inputs.express,score,label
        a,"x, y",1.5,PRESENT,true,0.25,1.0
        b,,2.5,PRESENT,false,0.75,0.0
        c,z,NaN,PRESENT,,,0.0
        """;
    String lines =
        """
        {"event_id": "a", "inputs": {"shop": {"value": "x, y"}, "amount": {"value": 1.5, \
        "status": "PRESENT"}, "express": {"value": true}}, "score": 0.25}
        {"event_id": "b", "inputs": {"shop": {"value": null}, "amount": {"value": {"double": 2.5}}, \
        "express": {"value": {"boolean": false}}}, "score": {"double": 0.75}}
        {"event_id": "c", "inputs": {"shop": {"value": {"string": "z"}}, \
        "amount": {"value": "NaN"}, "express": {"value": null}}, "score": null}
        """;

    assertThat(profile("rows.csv", csv)).describedAs(err::toString).isZero();
    TrainingProfile fromCsv = written();
    assertThat(profile("rows.jsonl", lines)).describedAs(err::toString).isZero();
    TrainingProfile fromJson = written();

    assertThat(fromJson.references()).isEqualTo(fromCsv.references());
    assertThat(fromCsv.pipeline()).isEqualTo("orders");
    // printf '' | sha256sum
    assertThat(fromCsv.modelVersion()).isEqualTo("e3b0c44298fc");
    assertThat(fromCsv.createdFrom().file()).isEqualTo("rows.csv");
    assertThat(fromCsv.createdFrom().rows()).isEqualTo(3);
    assertThat(fromCsv.createdFrom().sha256()).hasSize(64);
    assertThat(fromCsv.references().keySet()).containsExactly("amount", "shop", "express", "score");
    Reference amount = fromCsv.references().get("amount");
    assertThat(amount).isNotNull();
    assertThat(amount.mean()).isEqualTo(2);
    assertThat(amount.sd()).isEqualTo(0.5);
    assertThat(amount.profile().count(UnbinnedKind.NAN)).isEqualTo(1);
    Reference shop = fromCsv.references().get("shop");
    assertThat(shop).isNotNull();
    assertThat(((CategoryBins) shop.bins()).values()).containsExactly("x, y", "z");
    assertThat(shop.profile().count(UnbinnedKind.NULL)).isEqualTo(1);
    assertThat(shop.singletons()).isEqualTo(2);
    assertThat(out.toString()).contains("4 features of 3 rows");
  }

  @Test
  void keepsTheTimesOfTheRowsIfTheyHaveThem() throws IOException {
    String csv =
        """
        event_id,event_time,inputs.shop,inputs.amount,inputs.express
        b,2026-01-03T00:00:00.500Z,x,1,true
        a,2026-01-01T00:00:00Z,x,1,true
        c,,x,1,true
        """;
    assertThat(profile("rows.csv", csv)).describedAs(err::toString).isZero();
    assertThat(Files.readString(directory.resolve("model/profile.json")))
        .contains("\"from\" : \"2026-01-01T00:00:00Z\"")
        .contains("\"until\" : \"2026-01-03T00:00:00.500Z\"");

    String lines =
        """
        {"event_time": 1767225600000, "inputs": {"shop": "x", "amount": 1, "express": true}}
        {"event_time": "2026-01-03T00:00:00.500Z", "inputs": {"shop": "x", "amount": 1, \
        "express": true}}
        """;
    assertThat(profile("rows.jsonl", lines)).describedAs(err::toString).isZero();
    assertThat(Files.readString(directory.resolve("model/profile.json")))
        .contains("\"from\" : \"2026-01-01T00:00:00Z\"")
        .contains("\"until\" : \"2026-01-03T00:00:00.500Z\"");
    assertThat(written().toJson())
        .isEqualTo(Files.readString(directory.resolve("model/profile.json")));
  }

  /** With a blank before the time of day, an offset and capital letters, or as a number. */
  @Test
  void readsRowsThatPythonHasRewritten() throws IOException {
    String csv =
        """
        event_time,inputs.shop,inputs.amount,inputs.express
        2026-01-03 01:00:00.500000+01:00,x,1.0,True
        1767225600000,x,,False
        """;
    assertThat(profile("rows.csv", csv)).describedAs(err::toString).isZero();
    assertThat(Files.readString(directory.resolve("model/profile.json")))
        .contains("\"from\" : \"2026-01-01T00:00:00Z\"")
        .contains("\"until\" : \"2026-01-03T00:00:00.500Z\"");
    Reference express = written().references().get("express");
    assertThat(express).isNotNull();
    assertThat(((CategoryBins) express.bins()).values()).containsExactly("false", "true");
  }

  @Test
  void writesBlocksAsLongAsTheDriftWindowOrSaysWhyNot() throws IOException {
    String csv =
        """
        event_time,inputs.shop,inputs.amount,inputs.express
        2026-01-03T23:59:59.999Z,x,1,true
        2026-01-01T00:00:00Z,x,2,true
        """;
    assertThat(profile("rows.csv", csv)).isZero();
    assertThat(written().blocks()).isNull();
    assertThat(err.toString()).contains("no blocks by time: the pipeline has no 'drift' section");

    Files.writeString(
        directory.resolve("pipeline.yaml"),
        PIPELINE + "drift: {window: 1d, false_alarms: 1 per 30d}\n");
    assertThat(profile("rows.csv", csv)).describedAs(err::toString).isZero();
    assertThat(written().blocks())
        .satisfies(blocks -> assertThat(blocks.list()).hasSize(2))
        .extracting(TrainingProfile.Blocks::length)
        .isEqualTo(Duration.ofDays(1));
    assertThat(out.toString()).contains("2 blocks of 1d");
  }

  /** Normal amounts, whose mean differs by day. */
  private static String days(int days, int rows, double between) {
    SplittableRandom random = new SplittableRandom(3);
    StringBuilder csv = new StringBuilder("event_time,inputs.shop,inputs.amount,inputs.express\n");
    for (int day = 1; day <= days; day++) {
      double mean = between * random.nextGaussian();
      for (int i = 0; i < rows; i++) {
        csv.append(
            "2026-01-%02dT12:00:00Z,x,%s,true%n".formatted(day, mean + random.nextGaussian()));
      }
    }
    return csv.toString();
  }

  @Test
  void saysWhichShiftsTheBlocksCanDetect() throws IOException {
    Files.writeString(directory.resolve("pipeline.yaml"), PIPELINE + DRIFT);
    assertThat(profile("rows.csv", days(14, 200, 0))).describedAs(err::toString).isZero();

    // 1/30 x 0.5 for single windows x 0.6 for drift / 3 features
    assertThat(out.toString())
        .contains("false_alarms: 1 per 30d at windows of 1d")
        .contains("a feature's test of drift in one window has the level 3.3e-03")
        .containsPattern(
            "found in half of the windows: 0\\.[34]\\d sd in amount \\(14 blocks of about 200 rows")
        .doesNotContain("too little");
  }

  @Test
  void saysWhatWouldDetectSmallerShifts() throws IOException {
    Files.writeString(directory.resolve("pipeline.yaml"), PIPELINE + DRIFT);
    assertThat(profile("rows.csv", days(14, 40, 0.4))).describedAs(err::toString).isZero();
    assertThat(out.toString())
        .contains("one window of amount is too little to find smaller shifts")
        .containsPattern(
            "sd with windows of 2d, .* sd with windows of 4d, .* sd with windows of 8d; each with"
                + " 14 blocks")
        .contains("sd with 28 blocks")
        .contains("sd with false_alarms: 10 per 30d");

    assertThat(profile("rows.csv", days(9, 40, 0))).isZero();
    assertThat(out.toString()).contains("fewer than 10 blocks of enough rows: amount (9)");
  }

  @Test
  void profilesRowsWithoutScores() throws IOException {
    String csv = "inputs.shop.value,inputs.amount.value,inputs.express.value\nx,1,true\n";

    assertThat(profile("rows.csv", csv, "--out", directory.resolve("p.json").toString())).isZero();

    TrainingProfile profile = TrainingProfile.load(directory.resolve("p.json"));
    assertThat(profile.references().keySet()).containsExactly("amount", "shop", "express");
    assertThat(out.toString()).contains("has no scores");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "rows.csv | inputs.shop,inputs.amount#x,1# | :1: column 'inputs.express' is missing",
        "rows.csv | inputs.shop,inputs.amount,inputs.express#x,1,true#x,12d,true#"
            + "| :3: 'amount': a number expected, not '12d'",
        "rows.csv | inputs.shop,inputs.amount,inputs.express#x,1,yes# "
            + "| :2: 'express': true or false expected, not 'yes'",
        "rows.csv | inputs.shop,inputs.amount,inputs.express# | no rows",
        "rows.jsonl | {\"inputs\": {\"shop\": {\"value\": \"x\"}}}# "
            + "| :1: 'inputs.amount' is missing",
        "rows.jsonl | #{\"inputs\"# | :2: not JSON",
        "rows.jsonl | {\"inputs\": {\"amount\": {\"value\": true}, \"shop\": null,"
            + " \"express\": null}}# | :1: 'amount': a number expected, not 'true'",
        "rows.jsonl | {\"inputs\": {\"amount\": [1], \"shop\": null, \"express\": null}}# "
            + "| :1: 'inputs.amount' is [1], not a single value",
        "rows.txt | x# | must end in .csv or .jsonl",
        "rows.parquet | x# | .to_csv('rows.csv', index=False)"
      })
  void rejectsRowsThatAreNotAnExportWithTheirPlace(String file, String content, String problem)
      throws IOException {
    assertThat(profile(file, content.replace('#', '\n'))).isEqualTo(1);

    assertThat(err.toString()).contains(file).contains(problem);
    assertThat(directory.resolve("model/profile.json")).doesNotExist();
  }
}
