package io.github.easywebsocket.tck;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A test whose handlers block, so that it cannot be run with inline handlers. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface HandlersBlock {}
