package io.github.easywebsocket.tck;

import io.github.easywebsocket.spi.Capability;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A test for backends with a capability; for others it is checked that they refuse its use. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface Requires {
  Capability value();
}
