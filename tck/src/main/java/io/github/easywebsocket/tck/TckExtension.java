package io.github.easywebsocket.tck;

import io.github.easywebsocket.spi.Capability;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.TestAbortedException;

/**
 * Ties the suite to JUnit: gives each test its {@link Trial} and each table its {@link Table}, has
 * the {@link Judge} run the test, and writes the report after the last.
 */
final class TckExtension implements ParameterResolver, InvocationInterceptor, AfterAllCallback {

  private static final Namespace NAMESPACE = Namespace.create(TckExtension.class);

  // ---- parameters

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return Trial.class.isAssignableFrom(type) || type == Table.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Binding binding = Binding.of(context.getRequiredTestInstance());
    Judge judge = judge(context);
    Method method = context.getRequiredTestMethod();
    String rule = RuleNames.rule(method);
    String name = RuleNames.sentence(method);
    if (parameter.getParameter().getType() == Table.class) {
      Table.Case<Trial, Capability> refusal =
          (trial, capability) -> binding.expectRefused(capability, trial);
      return new Table<>(judge, rule, name, binding::newTrial, missing(method, binding), refusal);
    }
    Trial trial = binding.newTrial(judge.patience(rule, name));
    context.getStore(NAMESPACE).put(Trial.class, trial);
    return trial;
  }

  private static Judge judge(ExtensionContext context) {
    ExtensionContext ofClass = context.getParent().orElseThrow();
    Binding binding = Binding.of(context.getRequiredTestInstance());
    ofClass.getStore(NAMESPACE).computeIfAbsent(Binding.class, key -> binding, Binding.class);
    return ofClass
        .getStore(NAMESPACE)
        .computeIfAbsent(
            Judge.class,
            key -> new Judge(binding.variances(), binding.name(), binding.patience()),
            Judge.class);
  }

  // ---- tests

  @Override
  public void interceptTestMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> call,
      ExtensionContext context)
      throws Throwable {
    Method method = call.getExecutable();
    String rule = RuleNames.rule(method);
    String name = RuleNames.sentence(method);
    Judge judge = judge(context);
    Binding binding = Binding.of(context.getRequiredTestInstance());
    Trial trial =
        context
            .getStore(NAMESPACE)
            .computeIfAbsent(Trial.class, key -> binding.newTrial(binding.patience()), Trial.class);
    Capability missing = missing(method, binding);
    if (missing != null) {
      invocation.skip();
      judge.judge(rule, name, trial, () -> binding.expectRefused(missing, trial));
      judge.report().add(rule, name, Outcome.NOT_SUPPORTED, missing + " is refused");
    } else if (skipped(method, binding)) {
      invocation.skip();
      trial.cleanUp();
      throw new TestAbortedException("inline handlers must not block");
    } else {
      if (method.isAnnotationPresent(Requires.class)) {
        Certificates.prepare(); // which takes long where the machine is busy
      }
      judge.judge(rule, name, trial, invocation::proceed);
    }
  }

  @Override
  public <T extends @Nullable Object> T interceptTestFactoryMethod(
      Invocation<T> invocation, ReflectiveInvocationContext<Method> call, ExtensionContext context)
      throws Throwable {
    if (skipped(call.getExecutable(), Binding.of(context.getRequiredTestInstance()))) {
      invocation.skip();
      throw new TestAbortedException("inline handlers must not block");
    }
    return invocation.proceed();
  }

  /** The capability that a test needs and the backend does not have; null if it has it. */
  private static @Nullable Capability missing(Method method, Binding binding) {
    Requires requires = method.getAnnotation(Requires.class);
    return requires == null || binding.capabilities().contains(requires.value())
        ? null
        : requires.value();
  }

  private static boolean skipped(Method method, Binding binding) {
    return binding.inline() && method.isAnnotationPresent(HandlersBlock.class);
  }

  // ---- the end

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    Judge judge = context.getStore(NAMESPACE).get(Judge.class, Judge.class);
    Binding binding = context.getStore(NAMESPACE).get(Binding.class, Binding.class);
    if (judge == null || binding == null) {
      return;
    }
    boolean complete = judge.report().isComplete(context.getRequiredTestClass(), binding.inline());
    judge.report().write(binding.capabilities(), complete);
    List<String> unused = judge.unusedVariances();
    if (!unused.isEmpty() && complete) {
      throw new AssertionError("variances that cover no test: " + String.join("; ", unused));
    }
  }

  /** What differs between the two kinds of bindings. */
  private interface Binding {
    Set<Capability> capabilities();

    Set<String> variances();

    String name();

    boolean inline();

    Duration patience();

    Trial newTrial(Duration patience);

    void expectRefused(Capability capability, Trial trial) throws Exception;

    static Binding of(Object instance) {
      return instance instanceof ServerBackendTck server
          ? new ServerBinding(server)
          : new ClientBinding((ClientBackendTck) instance);
    }
  }

  private record ServerBinding(ServerBackendTck test) implements Binding {
    @Override
    public Set<Capability> capabilities() {
      return test.capabilities();
    }

    @Override
    public Set<String> variances() {
      return test.variances();
    }

    @Override
    public String name() {
      return test.name();
    }

    @Override
    public boolean inline() {
      return test.inline();
    }

    @Override
    public Duration patience() {
      return test.patience();
    }

    @Override
    public Trial newTrial(Duration patience) {
      return new ServerTrial(test, patience);
    }

    @Override
    public void expectRefused(Capability capability, Trial trial) throws Exception {
      Refusals.expectRefused(capability, (ServerTrial) trial);
    }
  }

  private record ClientBinding(ClientBackendTck test) implements Binding {
    @Override
    public Set<Capability> capabilities() {
      return test.backend().capabilities();
    }

    @Override
    public Set<String> variances() {
      return test.backend().variances();
    }

    @Override
    public String name() {
      return test.backend().name() + (test.inline() ? "-inline" : "");
    }

    @Override
    public boolean inline() {
      return test.inline();
    }

    @Override
    public Duration patience() {
      return test.patience();
    }

    @Override
    public Trial newTrial(Duration patience) {
      return new ClientTrial(test, patience);
    }

    @Override
    public void expectRefused(Capability capability, Trial trial) throws Exception {
      Refusals.expectRefused(capability, (ClientTrial) trial);
    }
  }
}
