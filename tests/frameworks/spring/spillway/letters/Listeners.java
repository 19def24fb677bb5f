// SPDX-License-Identifier: GPL-3.0-or-later
package spillway.letters;

import com.acme.Failures;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;

/** What fails. A bean of its own: old versions find no retry topics from within the class that declares them. */
public class Listeners {
    @KafkaListener(topics = {"${prefix}.cause", "${prefix}.hops", "${prefix}.firstonly", "${prefix}.allhops"},
        groupId = "${prefix}.billing", containerFactory = "plain")
    public void charge(ConsumerRecord<byte[], byte[]> record) {
        throw Failures.withCause();
    }

    @KafkaListener(topics = "${prefix}.silent", groupId = "${prefix}.billing-silent", containerFactory = "plain")
    public void silent(ConsumerRecord<byte[], byte[]> record) {
        throw Failures.silent();
    }

    @KafkaListener(topics = {"${prefix}.value", "${prefix}.key", "${prefix}.both"},
        groupId = "${prefix}.billing-json", containerFactory = "json")
    public void parsed(ConsumerRecord<Integer, Map<?, ?>> record) {}

    @KafkaListener(topics = "${prefix}.hops${dlt}", groupId = "${prefix}.second", containerFactory = "plain")
    public void again(ConsumerRecord<byte[], byte[]> record) {
        throw Failures.later();
    }

    @KafkaListener(topics = "${prefix}.firstonly${dlt}", groupId = "${prefix}.second-first",
        containerFactory = "firstOnly")
    public void againFirstOnly(ConsumerRecord<byte[], byte[]> record) {
        throw Failures.later();
    }

    @KafkaListener(topics = "${prefix}.allhops${dlt}", groupId = "${prefix}.second-all", containerFactory = "allHops")
    public void againAllHops(ConsumerRecord<byte[], byte[]> record) {
        throw Failures.later();
    }

    @KafkaListener(topics = {"${prefix}.thrice", "${prefix}.again"}, groupId = "${prefix}.retrying",
        containerFactory = "bare")
    public void retried(ConsumerRecord<byte[], byte[]> record) {
        throw Failures.withCause();
    }

    @KafkaListener(topics = "${prefix}.straight", groupId = "${prefix}.retrying-json", containerFactory = "bareJson")
    public void retriedParsed(ConsumerRecord<Integer, Map<?, ?>> record) {}
}
