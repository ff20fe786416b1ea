// SPDX-License-Identifier: Apache-2.0
package earlysight.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.drools.model.codegen.ExecutableModelProject;
import org.kie.api.KieBase;
import org.kie.api.KieServices;
import org.kie.api.builder.KieBuilder;
import org.kie.api.builder.Message;
import org.kie.api.runtime.KieSession;

/** Answers as bench/peers/serve.py does: one session, into which each child is inserted, its rules fired, and the child taken out again. */
public final class Peer {
  private static final int RULES = 60;

  public static void main(String[] arguments) throws Exception {
    List<Child> children = read(Path.of(arguments[0], "features.jsonl"));
    KieSession session = compile(Files.readString(Path.of(arguments[1]))).newKieSession();
    // Until Java has compiled what it runs often.
    for (int warmed = 0; warmed < 200_000; warmed += children.size()) run(session, children);
    BufferedReader questions = new BufferedReader(new InputStreamReader(System.in));
    for (String line = questions.readLine(); line != null; line = questions.readLine()) {
      String[] words = line.split(" ");
      switch (words[0]) {
        case "versions" -> System.out.printf("{\"Java\": \"%s\", \"Drools\": \"%s\"}%n", Runtime.version(), KieServices.class.getPackage().getImplementationVersion());
        case "run" -> System.out.printf("%.9f%n", run(session, children));
        case "outcomes" -> {
          Files.write(Path.of(words[1]), outcomes(children));
          System.out.println("written");
        }
        default -> System.out.println("unknown");
      }
    }
  }

  private static List<Child> read(Path path) throws Exception {
    ObjectMapper json = new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);
    List<Child> children = new ArrayList<>();
    for (String line : Files.readAllLines(path)) children.add(json.readValue(line, Child.class));
    return children;
  }

  private static KieBase compile(String rules) {
    KieServices services = KieServices.get();
    var files = services.newKieFileSystem().write("src/main/resources/earlysight/bench/rules.drl", rules);
    KieBuilder builder = services.newKieBuilder(files).buildAll(ExecutableModelProject.class);
    if (builder.getResults().hasMessages(Message.Level.ERROR)) throw new IllegalStateException(builder.getResults().toString());
    return services.newKieContainer(builder.getKieModule().getReleaseId()).getKieBase();
  }

  private static double run(KieSession session, List<Child> children) {
    long start = System.nanoTime();
    for (Child child : children) {
      child.forget();
      var handle = session.insert(child);
      session.fireAllRules();
      session.delete(handle);
    }
    return (System.nanoTime() - start) * 1e-9;
  }

  private static byte[] outcomes(List<Child> children) {
    byte[] fires = new byte[RULES * children.size()];
    for (int r = 0; r < RULES; ++r)
      for (int i = 0; i < children.size(); ++i) fires[r * children.size() + i] = (byte) (children.get(i).didFire(r) ? 1 : 0);
    return fires;
  }
}
