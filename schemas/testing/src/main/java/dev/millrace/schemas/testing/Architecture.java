package dev.millrace.schemas.testing;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The packages of one module and the arrows between them. A package may only use packages that were
 * declared before it, so the declaration itself has no cycle; a package or an arrow that is not
 * declared is a violation, and so is a declared one that does not exist.
 */
public final class Architecture {
  private final String root;
  private final Path classes;
  private final Map<String, Set<String>> arrows = new LinkedHashMap<>();
  private final Map<String, Set<String>> pure = new LinkedHashMap<>();
  private final Map<String, Set<String>> restricted = new LinkedHashMap<>();

  private Architecture(String root, Path classes) {
    this.root = root;
    this.classes = classes;
  }

  /**
   * @param root the module's root package, such as {@code dev.millrace.ingest}; classes of other
   *     packages are not checked
   */
  public static Architecture of(String root) {
    return of(root, Path.of("target", "classes"));
  }

  static Architecture of(String root, Path classes) {
    return new Architecture(root, classes);
  }

  /**
   * Declares a package.
   *
   * @param name beneath the root; empty for the root package itself
   * @param uses names of the packages that it may use, each declared before
   * @throws IllegalArgumentException if one of them is not declared
   */
  public Architecture room(String name, String... uses) {
    for (String used : uses) {
      if (!arrows.containsKey(used)) {
        throw new IllegalArgumentException(
            "package '%s' uses '%s', which is not declared before it".formatted(name, used));
      }
    }
    arrows.put(name, new TreeSet<>(Set.of(uses)));
    return this;
  }

  /**
   * Limits the classes that a package uses from outside this module.
   *
   * @param prefixes of the names of the classes that it may use, beside {@code java.} and the
   *     annotations of JSpecify and Error Prone
   */
  public Architecture pure(String room, String... prefixes) {
    Set<String> all =
        new HashSet<>(Set.of("java.", "org.jspecify.", "com.google.errorprone.annotations."));
    all.addAll(Set.of(prefixes));
    pure.put(room, all);
    return this;
  }

  /**
   * Limits the packages that use a library.
   *
   * @param prefix of the names of the library's classes
   * @param rooms the only packages that may use them
   */
  public Architecture only(String prefix, String... rooms) {
    restricted.put(prefix, Set.of(rooms));
    return this;
  }

  /**
   * Compares the declaration with the compiled classes of the module.
   *
   * @throws AssertionError with all violations, one per line
   */
  public void check() {
    List<String> violations = violations();
    if (!violations.isEmpty()) {
      throw new AssertionError(
          "%s has %d violations:%n%s"
              .formatted(root, violations.size(), String.join("\n", violations)));
    }
  }

  List<String> violations() {
    Set<String> found = new TreeSet<>();
    Set<String> used = new HashSet<>();
    Set<String> rooms = new HashSet<>();
    List<JavaClass> own =
        new ClassFileImporter()
            .importPath(classes.resolve(root.replace('.', '/'))).stream()
                .filter(this::isBeneathRoot)
                .toList();
    Set<String> names = own.stream().map(JavaClass::getName).collect(Collectors.toSet());
    for (JavaClass type : own) {
      String room = room(type);
      if (!arrows.containsKey(room)) {
        found.add("package '%s' is not declared".formatted(room));
        continue;
      }
      rooms.add(room);
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        check(room, dependency, names, found, used);
      }
    }
    Set<String> named = new TreeSet<>(pure.keySet());
    restricted.values().forEach(named::addAll);
    named.removeAll(arrows.keySet());
    named.forEach(
        room -> found.add("a rule names package '%s', which is not declared".formatted(room)));
    arrows.forEach(
        (room, uses) -> {
          if (!rooms.contains(room)) {
            found.add("package '%s' is declared, but has no class".formatted(room));
          }
          for (String one : uses) {
            if (!used.contains(arrow(room, one))) {
              found.add("%s is declared, but not used".formatted(arrow(room, one)));
            }
          }
        });
    return new ArrayList<>(found);
  }

  private void check(
      String room, Dependency dependency, Set<String> own, Set<String> found, Set<String> used) {
    JavaClass target = dependency.getTargetClass().getBaseComponentType();
    if (own.contains(target.getName())) {
      String other = room(target);
      if (other.equals(room)) {
        return;
      }
      used.add(arrow(room, other));
      if (!arrows.getOrDefault(room, Set.of()).contains(other)) {
        found.add("%s is not declared: %s".formatted(arrow(room, other), place(dependency)));
      }
      return;
    }
    String name = target.getName();
    Set<String> allowed = pure.get(room);
    if (allowed != null && !target.isPrimitive() && allowed.stream().noneMatch(name::startsWith)) {
      found.add("'%s' may not use %s: %s".formatted(room, name, place(dependency)));
    }
    restricted.forEach(
        (prefix, users) -> {
          if (name.startsWith(prefix) && !users.contains(room)) {
            found.add("'%s' may not use %s: %s".formatted(room, name, place(dependency)));
          }
        });
  }

  private boolean isBeneathRoot(JavaClass type) {
    String name = type.getPackageName();
    return name.equals(root) || name.startsWith(root + ".");
  }

  private String room(JavaClass type) {
    String name = type.getPackageName();
    return name.equals(root) ? "" : name.substring(root.length() + 1);
  }

  private static String arrow(String from, String to) {
    return "'%s' -> '%s'".formatted(from, to);
  }

  private static String place(Dependency dependency) {
    return dependency.getOriginClass().getName();
  }
}
