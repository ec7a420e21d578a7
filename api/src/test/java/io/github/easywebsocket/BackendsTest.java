package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.spi.Backend;
import io.github.easywebsocket.spi.BackendOption;
import io.github.easywebsocket.spi.Capability;
import io.github.easywebsocket.spi.Exchange;
import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.spi.ServerSettings;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Which backend is chosen, and what an error tells: searched where, found what, what to type. */
class BackendsTest {

  /** A backend that can be found, and does nothing. */
  abstract static class Found implements ServerBackend {
    private final String name;

    Found(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public int spiVersion() {
      return Backend.SPI_VERSION;
    }

    @Override
    public Set<Capability> capabilities() {
      return Set.of(Capability.TLS);
    }

    @Override
    public Set<Capability> capabilities(Map<BackendOption<?>, Object> options) {
      return options.isEmpty() ? capabilities() : Set.of();
    }

    @Override
    public Set<BackendOption<?>> options() {
      return Set.of(ioThreads(name), new BackendOption<>(name, "POOLED", Boolean.class));
    }

    static BackendOption<Integer> ioThreads(String backend) {
      return new BackendOption<>(backend, "IO_THREADS", Integer.class);
    }

    @Override
    public Running start(ServerSettings settings, Consumer<Exchange> acceptor) {
      throw new UnsupportedOperationException();
    }
  }

  /** One that works. */
  public static final class Undertow extends Found {
    /** Made by the ServiceLoader, as are the others. */
    public Undertow() {
      super("undertow");
    }
  }

  /** Another that works. */
  public static final class Jetty extends Found {
    /** Is found. */
    public Jetty() {
      super("jetty");
    }
  }

  /** One that has a name which is taken. */
  public static final class OtherJetty extends Found {
    /** Is found. */
    public OtherJetty() {
      super("jetty");
    }
  }

  /** One of another time. */
  public static final class Old extends Found {
    /** Is found. */
    public Old() {
      super("old");
    }

    @Override
    public int spiVersion() {
      return 0;
    }
  }

  /** One that lacks its engine. */
  public static final class Lacking extends Found {
    /** Is found. */
    public Lacking() {
      super("lacking");
    }

    @Override
    public String unavailable() {
      return "org.engine.Server is missing";
    }
  }

  /** One whose engine is missing as it shows when asked. */
  public static final class Unasked extends Found {
    /** Is found. */
    public Unasked() {
      super("unasked");
    }

    @Override
    public String unavailable() {
      throw new NoClassDefFoundError("org/engine/Version");
    }
  }

  /** One that cannot be made. */
  public static final class Throwing extends Found {
    /** Throws. */
    public Throwing() {
      super("throwing");
      throw new IllegalStateException("no engine");
    }
  }

  /** One whose class cannot be linked. */
  public static final class Unlinked extends Found {
    /** Throws. */
    public Unlinked() {
      super("unlinked");
      throw new NoClassDefFoundError("org/engine/Server");
    }
  }

  /** One that throws when it is asked. */
  public static final class Nameless extends Found {
    /** Is found. */
    public Nameless() {
      super("nameless");
    }

    @Override
    public String name() {
      throw new UnsupportedOperationException();
    }
  }

  @RegisterExtension final Logged logged = new Logged();

  @TempDir private Path services;
  private final Map<String, String> properties = new HashMap<>();
  private final Map<String, String> environment = new HashMap<>();

  /** A class loader that finds the service files written by the test, and no others. */
  private final class Services extends ClassLoader {
    private final List<URL> files;

    Services(List<URL> files) {
      super(BackendsTest.class.getClassLoader());
      this.files = files;
    }

    @Override
    public Enumeration<URL> getResources(String name) {
      return Collections.enumeration(
          name.equals("META-INF/services/" + ServerBackend.class.getName()) ? files : List.of());
    }

    @Override
    public String toString() {
      return "the test's loader";
    }
  }

  /** What is found when each of these is the content of a service file. */
  private Backends<ServerBackend> find(String... contents) throws IOException {
    List<URL> files = new ArrayList<>();
    for (String content : contents) {
      Path file = services.resolve("file" + files.size());
      Files.writeString(file, content);
      files.add(file.toUri().toURL());
    }
    return Backends.servers(new Services(files), properties::get, environment::get);
  }

  private Backends<ServerBackend> find(Class<?>... providers) throws IOException {
    return find(Stream.of(providers).map(Class::getName).toArray(String[]::new));
  }

  private static String failure(Executable choice) {
    WebSocketException e = assertThrows(WebSocketException.class, choice);
    assertEquals(Kind.BACKEND, e.kind());
    return String.valueOf(e.getMessage());
  }

  private static void assertContains(String message, String... parts) {
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "no \"" + part + "\" in: " + message);
    }
    assertFalse(message.contains("null"), message);
  }

  // ---- choosing

  @Test
  void theOnlyOneIsChosen() throws IOException {
    assertInstanceOf(Jetty.class, find(Jetty.class).choose(List.of()));
  }

  @Test
  void aNameInCodeChooses() throws IOException {
    properties.put("easywebsocket.backend", "jetty");
    assertInstanceOf(Undertow.class, find(Jetty.class, Undertow.class).choose(List.of("undertow")));
  }

  @Test
  void theFirstNameThatIsFoundIsChosen() throws IOException {
    assertInstanceOf(
        Jetty.class,
        find(Jetty.class, Undertow.class).choose(List.of("netty", "jetty", "undertow")));
  }

  @Test
  void aSettingComesBeforeAListOfNames() throws IOException {
    environment.put("EASY_WEBSOCKET_BACKEND", "undertow");
    assertInstanceOf(
        Undertow.class, find(Jetty.class, Undertow.class).choose(List.of("jetty", "undertow")));
  }

  @Test
  void theSystemPropertyComesBeforeTheEnvironment() throws IOException {
    properties.put("easywebsocket.backend", " jetty ");
    environment.put("EASY_WEBSOCKET_BACKEND", "undertow");
    assertInstanceOf(Jetty.class, find(Undertow.class, Jetty.class).choose(List.of()));
  }

  @Test
  void theEnvironmentVariableChooses() throws IOException {
    properties.put("easywebsocket.backend", "");
    environment.put("EASY_WEBSOCKET_BACKEND", "undertow");
    assertInstanceOf(Undertow.class, find(Jetty.class, Undertow.class).choose(List.of()));
  }

  @Test
  void aNameThatIsAskedForIsNeverReplacedByTheOnlyOne() throws IOException {
    environment.put("EASY_WEBSOCKET_BACKEND", "jetty");
    Backends<ServerBackend> found = find(Undertow.class);
    assertContains(
        failure(() -> found.choose(List.of())),
        "EWS-103",
        "asked for by the environment variable EASY_WEBSOCKET_BACKEND");
  }

  @Test
  void theSameProviderFoundTwiceIsOne() throws IOException {
    assertInstanceOf(Jetty.class, find(Jetty.class, Jetty.class).choose(List.of()));
  }

  // ---- errors

  @Test
  void ews101NoneTellsWhereItSearchedAndWhatToAdd() throws IOException {
    Backends<ServerBackend> found = find(new String[0]);
    assertContains(
        failure(() -> found.choose(List.of())),
        "EWS-101 there is no server backend",
        "ServiceLoader: [the test's loader]",
        "io.github.easywebsocket:easy-websocket-backend-jetty,"
            + " io.github.easywebsocket:easy-websocket-backend-undertow",
        "(\"fat\") jar",
        "ServicesResourceTransformer");
  }

  @Test
  void ews102SeveralTellsWhichAndHowToChoose() throws IOException {
    Backends<ServerBackend> found = find(Jetty.class, Undertow.class);
    assertContains(
        failure(() -> found.choose(List.of())),
        "EWS-102 there are several server backends",
        "\"jetty\" (" + Jetty.class.getName() + " in file:",
        "\"undertow\" (" + Undertow.class.getName() + " in file:",
        "backend(\"jetty\")",
        "-Deasywebsocket.backend=",
        "EASY_WEBSOCKET_BACKEND");
  }

  @Test
  void ews103UnknownTellsTheNearestAndTheKnownNames() throws IOException {
    Backends<ServerBackend> found = find(Jetty.class, Undertow.class);
    assertContains(
        failure(() -> found.choose(List.of("undertwo"))),
        "EWS-103 there is no server backend \"undertwo\", asked for by backend(…)",
        "Did you mean \"undertow\"?",
        "Found: jetty, undertow.");
  }

  @Test
  void ews103UnknownHelpsWithTheCaseOfLetters() throws IOException {
    Backends<ServerBackend> found = find(Jetty.class);
    assertContains(failure(() -> found.choose(List.of("Jetty"))), "Did you mean \"jetty\"?");
  }

  @Test
  void ews103UnknownTellsTheArtifactThatAddsIt() throws IOException {
    properties.put("easywebsocket.backend", "undertow");
    Backends<ServerBackend> found = find(Jetty.class);
    assertContains(
        failure(() -> found.choose(List.of())),
        "asked for by the system property easywebsocket.backend",
        "To add it: io.github.easywebsocket:easy-websocket-backend-undertow.");
  }

  @Test
  void ews103UnknownTellsTheArtifactOfTheNearestToo() throws IOException {
    Backends<ServerBackend> found = find(new String[0]);
    assertContains(
        failure(() -> found.choose(List.of("jety"))),
        "Did you mean \"jetty\"?",
        "Found: none.",
        "io.github.easywebsocket:easy-websocket-backend-jetty");
  }

  @Test
  void ews103UnknownGuessesNothingFarAway() throws IOException {
    Backends<ServerBackend> found = find(Jetty.class);
    String message = failure(() -> found.choose(List.of("netty-io", "tomcat")));
    assertContains(message, "\"netty-io\" or \"tomcat\"");
    assertFalse(message.contains("Did you mean"), message);
    assertFalse(message.contains("To add it"), message);
  }

  @Test
  void ews104ABrokenProviderIsShownAndHidesNoOther() throws IOException {
    Backends<ServerBackend> found =
        find(
            Throwing.class.getName(),
            Unlinked.class.getName() + "\n" + Nameless.class.getName(),
            "org.example.Missing",
            "not a class name!",
            BackendsTest.class.getName(),
            Lacking.class.getName(),
            Jetty.class.getName());
    assertInstanceOf(Jetty.class, found.choose(List.of("jetty")));
    assertContains(
        failure(() -> found.choose(List.of("tomcat"))),
        "EWS-103",
        "EWS-104 a provider cannot be loaded",
        Throwing.class.getName(),
        "no engine",
        "org/engine/Server",
        "UnsupportedOperationException",
        "org.example.Missing",
        "file3",
        BackendsTest.class.getName() + " not a subtype",
        "EWS-104 \"lacking\" (" + Lacking.class.getName(),
        "cannot be used here: org.engine.Server is missing");
  }

  @Test
  void ews104IsLoggedWhenItMayHaveBeenTheChoice() throws IOException {
    assertInstanceOf(Jetty.class, find(Lacking.class, Jetty.class).choose(List.of()));
    logged.saw("EWS-104 \"lacking\"");
    assertInstanceOf(
        Jetty.class, find(Lacking.class, Jetty.class).choose(List.of("lacking", "jetty")));
    logged.saw("the server backend is \"jetty\"");
  }

  @Test
  void ews104LeadsWhenItIsTheOneThatIsAskedFor() throws IOException {
    Backends<ServerBackend> found = find(Throwing.class, Lacking.class, Jetty.class);
    String message = failure(() -> found.choose(List.of("lacking")));
    assertTrue(message.startsWith("EWS-104 \"lacking\" (" + Lacking.class.getName()), message);
    assertContains(
        message,
        "cannot be used here: org.engine.Server is missing. It was asked for by backend(…)."
            + " Found: jetty.",
        "Not usable either: EWS-104 a provider cannot be loaded",
        Throwing.class.getName());
    assertFalse(message.contains("EWS-103"), message);
  }

  @Test
  void ews104LeadsWhenItIsLikelyTheOneThatIsAskedFor() throws IOException {
    properties.put("easywebsocket.backend", "throwing");
    Backends<ServerBackend> found = find(Throwing.class, Jetty.class);
    String message = failure(() -> found.choose(List.of()));
    assertTrue(message.startsWith("EWS-104 a provider cannot be loaded"), message);
    assertContains(
        message,
        Throwing.class.getName(),
        "It is likely the server backend \"throwing\", asked for by the system property"
            + " easywebsocket.backend. Found: jetty.");
    properties.put("easywebsocket.backend", "missing");
    assertContains(
        failure(() -> find("org.example.MissingBackend").choose(List.of())),
        "EWS-104 a provider",
        "likely the server backend \"missing\"");
  }

  @Test
  void ews104IsShownWhenNoneIsLeft() throws IOException {
    Backends<ServerBackend> found = find(Lacking.class);
    assertContains(
        failure(() -> found.choose(List.of())), "EWS-101", "Found but not usable: EWS-104");
  }

  @Test
  void ews104IsThrownForAnInstanceToo() {
    assertContains(
        failure(() -> WebSocketServer.builder().backend(new Lacking()).start()),
        "EWS-104 \"lacking\"",
        "cannot be used here: org.engine.Server is missing");
  }

  @Test
  void ews104TellsWhichEngineIsMissingIfThatShowsWhenItIsAsked() throws IOException {
    assertContains(
        failure(() -> find(Unasked.class).choose(List.of("unasked"))),
        "EWS-104 \"unasked\"",
        "cannot run: java.lang.NoClassDefFoundError: org/engine/Version");
  }

  @Test
  void ews105IsThrownForAnInstanceToo() {
    assertContains(failure(() -> WebSocketServer.builder().backend(new Old()).start()), "EWS-105");
  }

  @Test
  void ews105AnotherVersionOfTheSpiIsShown() throws IOException {
    Backends<ServerBackend> found = find(Old.class);
    String message = failure(() -> found.choose(List.of("old")));
    assertTrue(message.startsWith("EWS-105"), message);
    assertContains(
        message,
        "EWS-105 \"old\" (" + Old.class.getName(),
        "is made for version 0 of the SPI, and this is version 1",
        "use the same version of all easy-websocket artifacts");
  }

  @Test
  void ews106ACapabilityThatIsMissingIsRefused() throws WebSocketException {
    BackendChecks.require(new Jetty(), Map.of(), Capability.TLS, "tls(…)");
    assertContains(
        failure(() -> BackendChecks.require(new Jetty(), Map.of(), Capability.HTTP2, "http2()")),
        "EWS-106 http2() needs the capability HTTP2",
        "\"jetty\" does not have",
        "it has [TLS]");
    BackendOption<Boolean> plain = new BackendOption<>("jetty", "plain", Boolean.class);
    assertContains(
        failure(
            () ->
                BackendChecks.require(new Jetty(), Map.of(plain, true), Capability.TLS, "tls(…)")),
        "the backend \"jetty\" does not have with the options [jetty:plain]; it has []");
  }

  @Test
  void ews107TwoOfOneNameAreRefused() throws IOException {
    Backends<ServerBackend> found = find(Jetty.class, OtherJetty.class);
    assertContains(
        failure(() -> found.choose(List.of("jetty"))),
        "EWS-107 two server backends are called \"jetty\"",
        Jetty.class.getName(),
        OtherJetty.class.getName(),
        "Take one off the class path, or give an instance: backend(new …())");
    assertContains(failure(() -> found.choose(List.of())), "EWS-107");
    assertContains(failure(() -> found.choose(List.of("netty", "jetty"))), "EWS-107");
  }

  @Test
  void ews107DoesNotHinderTheChoiceOfAnother() throws IOException {
    Backends<ServerBackend> found = find(Jetty.class, OtherJetty.class, Undertow.class);
    assertInstanceOf(Undertow.class, found.choose(List.of("undertow")));
    assertContains(
        failure(() -> found.choose(List.of())),
        "EWS-102",
        "Choose one in code, backend(\"undertow\")",
        "EWS-107 two server backends are called \"jetty\"");
    assertContains(
        failure(() -> found.choose(List.of("tomcat"))), "EWS-103", "Found: jetty, undertow.");
  }

  @Test
  void ews108AnOptionOfAnotherBackendIsRefused() throws WebSocketException {
    BackendOption<Integer> option = Found.ioThreads("undertow");
    BackendChecks.checkOptions(new Undertow(), Set.of(option));
    assertContains(
        failure(() -> BackendChecks.checkOptions(new Jetty(), Set.of(option))),
        "EWS-108 the option undertow:IO_THREADS belongs to the backend \"undertow\"",
        "this is \"jetty\"",
        "backend(\"undertow\")");
  }

  @Test
  void ews110AnOptionThatTheBackendDoesNotHaveIsRefused() {
    assertContains(
        failure(() -> BackendChecks.checkOptions(new Jetty(), optionOfJetty("io_Threds"))),
        "EWS-110 the backend \"jetty\" has no option io_Threds (Integer). Did you mean IO_THREADS?",
        " It has: IO_THREADS (Integer), POOLED (Boolean).");
    assertContains(
        failure(() -> BackendChecks.checkOptions(new Jetty(), optionOfJetty("other"))),
        "has no option other (Integer). It has: IO_THREADS");
    BackendOption<?> ofAnotherType = new BackendOption<>("jetty", "IO_THREADS", String.class);
    assertContains(
        failure(() -> BackendChecks.checkOptions(new Jetty(), Set.of(ofAnotherType))),
        "has no option IO_THREADS (String). It has: IO_THREADS (Integer)");
    BackendOption<?> ofNone = new BackendOption<>("fake", "x", String.class);
    assertContains(
        failure(() -> BackendChecks.checkOptions(new FakeBackend(), Set.of(ofNone))),
        "has no option x (String). It has: none.");
  }

  private static Set<BackendOption<?>> optionOfJetty(String name) {
    return Set.of(new BackendOption<>("jetty", name, Integer.class));
  }

  @Test
  void theBuildersUseIt() {
    assertContains(
        failure(() -> WebSocketServer.builder().backend("none-such").start()), "EWS-103");
    assertContains(
        failure(() -> WebSocketServer.builder().backend(new FakeBackend()).tls(tls()).start()),
        "EWS-106 tls(…) needs the capability TLS");
    assertContains(
        failure(
            () ->
                WebSocketServer.builder()
                    .backend(new FakeBackend())
                    .compression(Compression.DEFAULT)
                    .start()),
        "EWS-106 compression(…) needs the capability COMPRESSION");
    assertContains(
        failure(
            () ->
                WebSocketServer.builder()
                    .backend(new FakeBackend())
                    .option(new BackendOption<>("jetty", "x", String.class), "y")
                    .start()),
        "EWS-108");
  }

  private static SSLContext tls() throws Exception {
    return SSLContext.getDefault();
  }
}
