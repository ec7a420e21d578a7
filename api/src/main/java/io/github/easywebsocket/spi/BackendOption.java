package io.github.easywebsocket.spi;

import java.util.Objects;

/**
 * The key of an option that only one engine has. A backend publishes its keys as constants. Giving
 * a key to another backend is refused at start (EWS-108), and so is a key that its backend does not
 * list (EWS-110).
 *
 * @param backend the name of the backend that the option belongs to
 * @param name the option's name, for messages
 * @param type the class of its values
 * @param <T> the type of its values
 */
public record BackendOption<T>(String backend, String name, Class<T> type) {

  /** Checks that nothing is null. */
  public BackendOption {
    Objects.requireNonNull(backend, "backend");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
  }

  @Override
  public String toString() {
    return backend + ":" + name;
  }
}
