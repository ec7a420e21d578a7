package io.github.easywebsocket.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What README shows as a whole program, with its imports, can be copied and compiled. */
class ReadmeTest {

  private static final Path README = Path.of("..", "README.md");

  private static final Pattern PROGRAM =
      Pattern.compile("```java\\R(import .*?class (\\w+).*?)```", Pattern.DOTALL);

  record Program(String name, String source) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Program> programs() throws IOException {
    List<MatchResult> found = PROGRAM.matcher(Files.readString(README)).results().toList();
    assertTrue(found.size() >= 3, () -> "programs in README.md: " + found.size());
    return found.stream().map(block -> new Program(block.group(2), block.group(1)));
  }

  @ParameterizedTest
  @MethodSource("programs")
  void compiles(Program program, @TempDir Path classes) {
    JavaFileObject source =
        new SimpleJavaFileObject(
            URI.create("string:///" + program.name() + ".java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public String getCharContent(boolean ignoreEncodingErrors) {
            return program.source();
          }
        };
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> told = new DiagnosticCollector<>();
    List<String> options =
        List.of(
            "--release",
            "17",
            "-proc:none",
            "-Xlint:all,-options,-path",
            "-d",
            classes.toString(),
            "-classpath",
            System.getProperty("java.class.path"));
    compiler.getTask(null, null, told, options, null, List.of(source)).call();
    assertEquals(List.of(), told.getDiagnostics(), program.source());
  }
}
