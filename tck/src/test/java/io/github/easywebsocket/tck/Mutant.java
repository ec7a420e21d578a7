package io.github.easywebsocket.tck;

import static java.util.Objects.requireNonNull;

import io.github.easywebsocket.spi.Acceptance;
import io.github.easywebsocket.spi.Capability;
import io.github.easywebsocket.spi.Exchange;
import io.github.easywebsocket.spi.Receiver;
import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.spi.ServerSettings;
import io.github.easywebsocket.spi.Transport;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The simplest server with one thing broken: methods of the SPI that do something else. */
final class Mutant implements ServerBackend {

  /** What a method does instead. */
  @FunctionalInterface
  interface Instead {
    /**
     * Takes the place of a method.
     *
     * @param call the call, which may proceed
     * @return what the method returns
     */
    @Nullable Object run(Call call) throws Throwable;
  }

  /** A call of a method that is broken. */
  record Call(Object target, Method method, Object[] arguments) {

    /** Calls the method as it is. */
    @Nullable Object proceed() throws Throwable {
      return with(arguments);
    }

    /** What the method returns as it is. */
    <T> T result(Class<T> type) throws Throwable {
      return type.cast(requireNonNull(proceed()));
    }

    /** Calls the method with other arguments. */
    @Nullable Object with(Object... others) throws Throwable {
      try {
        return method.invoke(target, others);
      } catch (InvocationTargetException e) {
        Throwable cause = e.getCause();
        throw cause != null ? cause : e;
      }
    }
  }

  private final String name;
  private final ServerBackend sound = new PlainServerBackend();
  private final Map<String, Instead> broken = new HashMap<>(); // "Transport.pong"
  private UnaryOperator<ServerSettings> settings = UnaryOperator.identity();
  private UnaryOperator<Acceptance> accepted = UnaryOperator.identity();

  private Mutant(String name) {
    this.name = name;
  }

  static Mutant called(String name) {
    return new Mutant(name);
  }

  /** Breaks a method, such as {@code Transport.pong}. */
  Mutant breaks(String method, Instead instead) {
    broken.put(method, instead);
    return this;
  }

  /** Has a method do nothing. */
  Mutant skips(String method) {
    return breaks(method, call -> null);
  }

  /** Starts the server with other settings. */
  Mutant starts(UnaryOperator<ServerSettings> with) {
    settings = with;
    return this;
  }

  /** Opens connections as if the core had said something else. */
  Mutant accepts(UnaryOperator<Acceptance> as) {
    accepted = as;
    return this;
  }

  @Override
  public String name() {
    return "mutant-" + name;
  }

  @Override
  public int spiVersion() {
    return SPI_VERSION;
  }

  @Override
  public Set<Capability> capabilities() {
    return sound.capabilities();
  }

  @Override
  public Running start(ServerSettings given, Consumer<Exchange> acceptor) throws IOException {
    breaks(
        "Exchange.upgrade",
        call -> call.with(alter(accepted.apply((Acceptance) call.arguments()[0]))));
    breaks(
        "Receiver.open",
        call ->
            call.with(
                alter(Transport.class, (Transport) call.arguments()[0]), call.arguments()[1]));
    Running running =
        sound.start(
            settings.apply(given), exchange -> acceptor.accept(alter(Exchange.class, exchange)));
    return alter(Running.class, running);
  }

  private Acceptance alter(Acceptance given) {
    return new Acceptance(
        given.acceptKey(),
        given.subprotocol(),
        given.headers(),
        given.limits(),
        given.deflate(),
        alter(Receiver.class, given.receiver()));
  }

  private <T> T alter(Class<T> type, T target) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Call call = new Call(target, method, arguments == null ? new Object[0] : arguments);
              Instead instead = broken.get(type.getSimpleName() + "." + method.getName());
              return instead == null ? call.proceed() : instead.run(call);
            }));
  }
}
