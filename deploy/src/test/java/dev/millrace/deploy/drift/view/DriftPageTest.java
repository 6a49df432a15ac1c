package dev.millrace.deploy.drift.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class DriftPageTest {
  private final String page = DriftPage.of(Runs.drifted());

  @Test
  void loadsNothingFromElsewhere() {
    assertThat(page)
        .doesNotContainPattern("(src|href)\\s*=|url\\(|@import|<script|<link|<iframe")
        .doesNotContain("http");
  }

  @Test
  void escapesNames() {
    assertThat(page).contains("<h3>&lt;country&gt;</h3>").doesNotContain("<country>");
  }

  @Test
  void namesAlarmsWithTheirEvidence() {
    assertThat(page)
        .contains("2026-03-05, data-drift: FIRING, WARNING, since 2026-03-04</b>")
        .contains("amount (p 3e-09) &amp; more")
        .contains("KOLMOGOROV_SMIRNOV")
        .contains("the budget accepts");
  }

  /** Each plot is well-formed, has a description, and stays inside its frame. */
  @Test
  void plotsAreInsideTheirFrames() throws Exception {
    List<Document> plots = plots(page);
    // The states, a distribution, two of each of the two features, two metrics, and label coverage.
    assertThat(plots).hasSize(9);
    for (Document plot : plots) {
      Element svg = plot.getDocumentElement();
      assertThat(svg.getAttribute("aria-label")).isNotEmpty();
      String[] box = svg.getAttribute("viewBox").split(" ", -1);
      for (Element shape : elements(plot)) {
        inside(shape, List.of("x", "cx", "x1", "x2"), Double.parseDouble(box[2]));
        inside(shape, List.of("y", "cy", "y1", "y2"), Double.parseDouble(box[3]));
      }
    }
  }

  @Test
  void alarmsAreTrianglesAndAWindowWithoutATestHasNoPoint() throws Exception {
    Document pValues = plots(page).get(2);

    assertThat(ofStyle(pValues, "drift")).hasSize(2).allMatch(each -> isA(each, "path"));
    assertThat(ofStyle(pValues, "warning")).hasSize(1).allMatch(each -> isA(each, "path"));
    assertThat(ofStyle(pValues, "ok")).hasSize(2).allMatch(each -> isA(each, "circle"));
    assertThat(ofStyle(pValues, "limit")).hasSize(1);
    assertThat(ofStyle(pValues, "band")).hasSize(3);
  }

  /** Training above, the window below, and both as text. */
  @Test
  void drawsTheDistributionsThatAnAlarmIsAboutSideBySide() throws Exception {
    Document amount = plots(page).get(1);

    assertThat(amount.getDocumentElement().getAttribute("aria-label"))
        .isEqualTo("amount in the reference data and in the window of 2026-03-04");
    assertThat(widths(amount, "reference")).containsExactly("166.7", "166.7", "0.0");
    assertThat(widths(amount, "current")).containsExactly("66.7", "250.0", "16.7");
    assertThat(page)
        .contains("&lt;= 12.5<title>")
        .contains("amount: most changed (12.5, 40) 50.0 % to 75.0 %</figcaption>");
  }

  private static List<String> widths(Document plot, String style) {
    return ofStyle(plot, style).stream().map(bar -> bar.getAttribute("width")).toList();
  }

  @Test
  void drawsQualityWithItsIntervals() throws Exception {
    Document auc = plots(page).get(6);

    assertThat(auc.getDocumentElement().getAttribute("aria-label")).contains("ROC AUC");
    assertThat(ofStyle(auc, "interval")).hasSize(3);
    assertThat(ofStyle(auc, "ok")).hasSize(3);
    assertThat(ofStyle(plots(page).get(7), "interval")).isEmpty();
    assertThat(page).contains("ROC AUC 0.890 (0.840 to 0.950)");
  }

  /** The slice's own distributions: those of all predictions have hardly changed. */
  @Test
  void drawsTheDistributionOfTheSliceThatAnAlarmIsAbout() {
    String sliced = DriftPage.of(Runs.driftedInOneSlice());
    assertThat(sliced).contains("<td>amount in country=DE</td>");
    assertThat(sliced).containsOnlyOnce(": most changed");
    assertThat(sliced).contains("<figcaption>amount in country=DE: most changed");
    assertThat(RunTable.of(Runs.driftedInOneSlice(), 120)).contains("amount in country=DE");
  }

  @Test
  void saysThatNothingAlarmed() {
    assertThat(DriftPage.of(Runs.calm()))
        .contains("Nothing would have alarmed.")
        .contains("<dt>First alarm</dt><dd>none");
  }

  private static boolean isA(Element element, String name) {
    return element.getTagName().equals(name);
  }

  private static List<Element> ofStyle(Document plot, String style) {
    return elements(plot).stream()
        .filter(element -> element.getAttribute("class").equals(style))
        .toList();
  }

  private static void inside(Element shape, List<String> attributes, double end) {
    for (String attribute : attributes) {
      if (shape.hasAttribute(attribute)) {
        assertThat(Double.parseDouble(shape.getAttribute(attribute)))
            .as("%s of %s", attribute, shape.getTagName())
            .isBetween(0.0, end);
      }
    }
  }

  private static List<Element> elements(Document document) {
    NodeList nodes = document.getElementsByTagName("*");
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  private static List<Document> plots(String page) throws Exception {
    Matcher svg = Pattern.compile("<svg.*?</svg>", Pattern.DOTALL).matcher(page);
    List<Document> plots = new ArrayList<>();
    while (svg.find()) {
      plots.add(
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(new InputSource(new StringReader(svg.group()))));
    }
    return plots;
  }
}
