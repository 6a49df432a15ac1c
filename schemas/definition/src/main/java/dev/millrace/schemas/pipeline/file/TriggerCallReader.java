package dev.millrace.schemas.pipeline.file;

import dev.millrace.schemas.pipeline.Credentials;
import dev.millrace.schemas.pipeline.Secret;
import dev.millrace.schemas.pipeline.TriggerCall;
import dev.millrace.schemas.pipeline.TriggerCall.Airflow;
import dev.millrace.schemas.pipeline.TriggerCall.Api;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code retrain.call}. */
final class TriggerCallReader {
  /** The key of a secret in a file; {@link DefinitionCopy} replaces its value. */
  static final String SECRET_FILE = "file";

  private static final String ONE_OF_BOTH = "env: VARIABLE, or file: PATH";

  private static final KeySpec<ValueSpec.Text> ENV =
      KeySpec.optional(
          "env",
          new ValueSpec.Text(
              Pattern.compile("[A-Za-z_][A-Za-z0-9_]*"), "the name of an environment variable"),
          "environment variable of the process that contains it");
  private static final KeySpec<ValueSpec.Text> FILE =
      KeySpec.optional(
          SECRET_FILE,
          ValueSpec.Text.of("the path of a file"),
          "file that contains it, relative to this file; it is read at each call");
  private static final ValueSpec.Block SECRET = ValueSpec.Block.of(ENV, FILE);

  /** Without user information: a password would be in the pipeline file. */
  private static final KeySpec<ValueSpec.Text> URL =
      KeySpec.required(
          "url",
          new ValueSpec.Text(
              Pattern.compile("https?://[^\\s/@?#]+([/?][^\\s#]*)?"),
              "a URL with http or https, without user and password"),
          "the URL that a trigger is sent to by POST, or the base URL of Airflow");

  private static final KeySpec<ValueSpec.Text> DAG =
      KeySpec.required(
          "dag",
          new ValueSpec.Text(
              Pattern.compile("[\\w.-]{1,250}"), "letters, digits, ., _ and -, at most 250"),
          "the id of the DAG");
  private static final KeySpec<ValueSpec.Constant<Api>> API =
      KeySpec.optional(
          "api",
          new ValueSpec.Constant<>(Api.class),
          "v2",
          "version of Airflow's REST API: v2 of Airflow 3, v1 of Airflow 2");
  private static final KeySpec<ValueSpec.Block> AIRFLOW =
      KeySpec.optional(
          "airflow",
          ValueSpec.Block.of(DAG, API),
          "the DAG of Airflow that a trigger starts a run of; without it, the URL receives the trigger itself");
  private static final KeySpec<ValueSpec.Text> USER =
      KeySpec.required(
          "user", new ValueSpec.Text(Pattern.compile("[^:]+"), "a name without ':'"), "user name");
  private static final KeySpec<ValueSpec.Time> MAX_AGE =
      KeySpec.optional(
          "max_age",
          ValueSpec.Time.POSITIVE,
          "7d",
          "time since its publication after which a trigger is not called any more");

  static final KeySpec<ValueSpec.Block> TOKEN =
      KeySpec.optional("token", SECRET, "where the token is that is sent as Authorization: Bearer");
  static final KeySpec<ValueSpec.Block> PASSWORD =
      KeySpec.required("password", SECRET, "where the password is");
  static final KeySpec<ValueSpec.Block> LOGIN =
      KeySpec.optional(
          "login",
          ValueSpec.Block.of(USER, PASSWORD),
          "user name and password: HTTP basic authentication, or with Airflow 3 the request of a token");

  static final ValueSpec.Block FORM = ValueSpec.Block.of(URL, AIRFLOW, TOKEN, LOGIN, MAX_AGE);

  private final Path directory;

  /**
   * @param directory of the pipeline file
   */
  TriggerCallReader(Path directory) {
    this.directory = directory;
  }

  /** Reads the call; null if a part that it needs is missing or wrong. */
  @Nullable TriggerCall read(YamlValue value) {
    YamlMapping mapping = value.mapping(FORM);
    YamlValue url = mapping.value(URL);
    YamlValue airflow = mapping.value(AIRFLOW);
    YamlValue token = mapping.value(TOKEN);
    YamlValue login = mapping.value(LOGIN);
    Duration maxAge = mapping.duration(MAX_AGE);
    mapping.close();
    if (token != null && login != null) {
      login.wrong("there is a token, too", "a token or a login, not both");
    }
    String address = url == null ? null : url(url, airflow != null);
    Airflow dag = airflow == null ? null : airflow(airflow);
    Credentials credentials = token == null ? null : token(token);
    if (login != null) {
      credentials = login(login);
    }
    return address == null ? null : new TriggerCall(address, dag, credentials, maxAge);
  }

  private static @Nullable String url(YamlValue value, boolean isBase) {
    String text = value.text(URL.form());
    if (text == null) {
      return null;
    }
    try {
      URI uri = new URI(text);
      if (uri.getHost() == null) {
        value.wrong("'" + text + "' names no host", URL.form().expected());
        return null;
      }
      if (isBase && uri.getRawQuery() != null) {
        value.wrong("'" + text + "' has a query", "the base URL of Airflow, without ?");
        return null;
      }
      return text;
    } catch (URISyntaxException e) {
      value.wrong("'" + text + "' is not valid: " + e.getReason(), URL.form().expected());
      return null;
    }
  }

  private static @Nullable Airflow airflow(YamlValue value) {
    YamlMapping mapping = value.mapping(AIRFLOW.form());
    String dag = mapping.text(DAG);
    Api api = mapping.constant(API);
    mapping.close();
    return dag == null ? null : new Airflow(dag, api);
  }

  private @Nullable Credentials token(YamlValue value) {
    Secret secret = secret(value);
    return secret == null ? null : new Credentials.Token(secret);
  }

  private @Nullable Credentials login(YamlValue value) {
    YamlMapping mapping = value.mapping(LOGIN.form());
    String user = mapping.text(USER);
    YamlValue password = mapping.value(PASSWORD);
    mapping.close();
    Secret secret = password == null ? null : secret(password);
    return user == null || secret == null ? null : new Credentials.Login(user, secret);
  }

  private @Nullable Secret secret(YamlValue value) {
    YamlMapping mapping = value.mapping(SECRET);
    String variable = mapping.text(ENV);
    String file = mapping.text(FILE);
    boolean hasBoth = mapping.value(ENV) != null && mapping.value(FILE) != null;
    boolean hasNone = mapping.value(ENV) == null && mapping.value(FILE) == null;
    mapping.close();
    if (value.isMapping() && (hasBoth || hasNone)) {
      value.wrong(hasBoth ? "has both" : "has neither", ONE_OF_BOTH);
      return null;
    }
    if (variable != null) {
      return new Secret.OfEnvironment(variable);
    }
    return file == null ? null : new Secret.OfFile(directory.resolve(file).toString());
  }
}
