// SPDX-License-Identifier: GPL-3.0-or-later
package spillway.letters;

import com.acme.Failures;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.PropertySourcesPlaceholderConfigurer;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.retrytopic.RetryTopicConfiguration;
import org.springframework.kafka.retrytopic.RetryTopicConfigurationBuilder;
import org.springframework.kafka.support.serializer.ErrorHandlingDeserializer;
import org.springframework.kafka.support.serializer.JsonDeserializer;
import org.springframework.kafka.support.serializer.JsonSerializer;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** Letters of DeadLetterPublishingRecoverer and of retry topics, whatever the version. */
@Configuration
@Import({Version.class, Listeners.class})
public class Main {
    static Broker broker;
    static final byte[] NO_JSON = "{\"amount\": oops".getBytes(StandardCharsets.UTF_8);

    public static void main(String[] arguments) throws Exception {
        broker = new Broker(arguments);
        System.setProperty("prefix", arguments[1]);
        System.setProperty("dlt", Version.SUFFIX);
        for (String topic : new String[] {"cause", "silent", "value", "key", "both", "hops", "firstonly", "allhops"})
            broker.create(topic, topic + Version.SUFFIX, topic + Version.SUFFIX + Version.SUFFIX);
        for (String topic : new String[] {"thrice", "straight", "again"})
            broker.create(topic, topic + "-retry", topic + "-retry-0", topic + "-retry-1", topic + "-dlt");
        new AnnotationConfigApplicationContext(Main.class);

        byte[] number = {0, 0, 0, 17};
        byte[] noNumber = {1, 2, 3};
        byte[] json = "{ \"amount\": 10.50 }".getBytes(StandardCharsets.UTF_8);
        for (String topic : new String[] {"cause", "silent", "hops", "firstonly", "allhops", "thrice", "again"})
            broker.send(topic, topic, "{ \"amount\":  10.50 }");
        broker.send("value", number, NO_JSON);
        broker.send("key", noNumber, json);
        broker.send("both", noNumber, NO_JSON);
        if (Version.GOES_STRAIGHT) broker.send("straight", number, NO_JSON);

        for (String topic : new String[] {"cause", "silent", "value", "key", "both"})
            broker.await(topic + Version.SUFFIX, 1);
        for (String topic : new String[] {"hops", "firstonly", "allhops"})
            broker.await(topic + Version.SUFFIX + Version.SUFFIX, 1);
        broker.await("thrice-dlt", 1);
        if (Version.GOES_STRAIGHT) broker.await("straight-dlt", 1);
        broker.await("again-dlt", 2);
        broker.done();
    }

    /** Fails for the first letter of `again` only: the second one would come back for ever. */
    public static class LetterHandler {
        private final AtomicBoolean hasFailed = new AtomicBoolean();

        public void handle(ConsumerRecord<?, ?> record) {
            if (record.topic().equals(broker.name("again-dlt")) && !hasFailed.getAndSet(true)) throw Failures.later();
        }
    }

    @Bean
    LetterHandler letterHandler() {
        return new LetterHandler();
    }

    @Bean
    RetryTopicConfiguration retries(KafkaTemplate<Object, Object> template) {
        return Version
            .letterHandler(RetryTopicConfigurationBuilder.newInstance()
                    .fixedBackOff(100)
                    .maxAttempts(3)
                    .doNotAutoCreateRetryTopics()
                    .includeTopic(broker.name("thrice"))
                    .includeTopic(broker.name("straight"))
                    .includeTopic(broker.name("again")),
                LetterHandler.class)
            .create(template);
    }

    @Bean
    static PropertySourcesPlaceholderConfigurer placeholders() {
        return new PropertySourcesPlaceholderConfigurer();
    }

    @Bean
    TaskScheduler taskScheduler() {
        return new ThreadPoolTaskScheduler();
    }

    @Bean
    KafkaTemplate<Object, Object> template() {
        return new KafkaTemplate<>(new DefaultKafkaProducerFactory<>(
            Map.of("bootstrap.servers", broker.address), new AnySerializer(), new AnySerializer()));
    }

    @Bean
    ConcurrentKafkaListenerContainerFactory<Object, Object> plain(KafkaTemplate<Object, Object> template) {
        return Version.handled(factory(false), new DeadLetterPublishingRecoverer(template));
    }

    @Bean
    ConcurrentKafkaListenerContainerFactory<Object, Object> json(KafkaTemplate<Object, Object> template) {
        return Version.handled(factory(true), new DeadLetterPublishingRecoverer(template));
    }

    @Bean
    ConcurrentKafkaListenerContainerFactory<Object, Object> firstOnly(KafkaTemplate<Object, Object> template) {
        return Version.handled(factory(false), Version.firstOnly(new DeadLetterPublishingRecoverer(template)));
    }

    @Bean
    ConcurrentKafkaListenerContainerFactory<Object, Object> allHops(KafkaTemplate<Object, Object> template) {
        return Version.handled(factory(false), Version.allHops(new DeadLetterPublishingRecoverer(template)));
    }

    @Bean
    ConcurrentKafkaListenerContainerFactory<Object, Object> bare() {
        return factory(false);
    }

    @Bean
    ConcurrentKafkaListenerContainerFactory<Object, Object> bareJson() {
        return factory(true);
    }

    /** The one that the letters' own handlers use. */
    @Bean
    ConcurrentKafkaListenerContainerFactory<Object, Object> kafkaListenerContainerFactory() {
        return factory(false);
    }

    private static ConcurrentKafkaListenerContainerFactory<Object, Object> factory(boolean isJson) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", broker.address);
        settings.put("auto.offset.reset", "earliest");
        settings.put("key.deserializer", isJson ? ErrorHandlingDeserializer.class : ByteArrayDeserializer.class);
        settings.put("value.deserializer", isJson ? ErrorHandlingDeserializer.class : ByteArrayDeserializer.class);
        settings.put("spring.deserializer.key.delegate.class", IntegerDeserializer.class);
        settings.put("spring.deserializer.value.delegate.class", JsonDeserializer.class);
        settings.put("spring.json.value.default.type", "java.util.Map");
        var factory = new ConcurrentKafkaListenerContainerFactory<Object, Object>();
        factory.setConsumerFactory(new DefaultKafkaConsumerFactory<>(settings));
        factory.getContainerProperties().setPollTimeout(200);
        return factory;
    }

    /** Bytes and numbers as they are, anything else as Spring's JSON. */
    static class AnySerializer implements Serializer<Object> {
        private final ByteArraySerializer bytes = new ByteArraySerializer();
        private final IntegerSerializer numbers = new IntegerSerializer();
        private final JsonSerializer<Object> json = new JsonSerializer<>();

        @Override
        public byte[] serialize(String topic, Object data) {
            return serialize(topic, new RecordHeaders(), data);
        }

        @Override
        public byte[] serialize(String topic, Headers headers, Object data) {
            if (data instanceof byte[] b) return bytes.serialize(topic, b);
            if (data instanceof Integer number) return numbers.serialize(topic, number);
            return json.serialize(topic, headers, data);
        }
    }
}
