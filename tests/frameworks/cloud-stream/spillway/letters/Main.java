// SPDX-License-Identifier: GPL-3.0-or-later
package spillway.letters;

import com.acme.Failures;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;

/** Letters of the Kafka binder: two deliveries, then error.DESTINATION.GROUP. */
@SpringBootApplication
public class Main {
    private static final String[] FUNCTIONS = {"cause", "silent", "swallowed", "parse", "hops"};

    public static void main(String[] arguments) throws Exception {
        Broker broker = new Broker(arguments);
        List<String> options = new ArrayList<>();
        options.add("--spring.main.banner-mode=off");
        options.add("--logging.level.root=warn");
        options.add("--spring.cloud.stream.kafka.binder.brokers=" + broker.address);
        options.add("--spring.cloud.function.definition=" + String.join(";", FUNCTIONS) + ";again");
        String group = broker.name("billing");
        for (String each : FUNCTIONS) {
            broker.create(each);
            bind(options, each, broker.name(each), group);
        }
        bind(options, "again", "error." + broker.name("hops") + "." + group, broker.name("second"));
        new SpringApplicationBuilder(Main.class).web(WebApplicationType.NONE).run(options.toArray(new String[0]));
        for (String each : FUNCTIONS)
            broker.send(each, each, each.equals("parse") ? "{\"amount\": oops" : "{ \"amount\":  10.50 }");
        for (String each : FUNCTIONS) broker.awaitTopic("error." + broker.name(each) + "." + group, 1);
        broker.awaitTopic("error.error." + broker.name("hops") + "." + group + "." + broker.name("second"), 1);
        broker.done();
    }

    private static void bind(List<String> options, String function, String destination, String group) {
        String binding = "--spring.cloud.stream.bindings." + function + "-in-0.";
        options.add(binding + "destination=" + destination);
        options.add(binding + "group=" + group);
        options.add(binding + "consumer.max-attempts=2");
        options.add(binding + "consumer.back-off-initial-interval=10");
        options.add("--spring.cloud.stream.kafka.bindings." + function + "-in-0.consumer.enable-dlq=true");
        options.add("--spring.cloud.stream.kafka.bindings." + function + "-in-0.consumer.start-offset=earliest");
    }

    @Bean
    Consumer<byte[]> cause() {
        return value -> { throw Failures.withCause(); };
    }

    @Bean
    Consumer<byte[]> hops() {
        return value -> { throw Failures.withCause(); };
    }

    @Bean
    Consumer<byte[]> silent() {
        return value -> { throw Failures.silent(); };
    }

    /** Spring Integration takes an IllegalStateException off its cause. */
    @Bean
    Consumer<byte[]> swallowed() {
        return value -> { throw new IllegalStateException("never seen again", new SocketTimeoutException("Read timed out")); };
    }

    @Bean
    Consumer<Map<String, Object>> parse() {
        return value -> value.get("amount");
    }

    @Bean
    Consumer<byte[]> again() {
        return value -> { throw Failures.later(); };
    }
}
