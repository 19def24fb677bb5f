// SPDX-License-Identifier: GPL-3.0-or-later
package spillway.letters;

import com.acme.Failures;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.reactive.messaging.Incoming;

@ApplicationScoped
public class Consumers {
    @Incoming("cause")
    public Uni<Void> cause(byte[] value) {
        return Uni.createFrom().failure(Failures.withCause());
    }

    @Incoming("silent")
    public Uni<Void> silent(byte[] value) {
        return Uni.createFrom().failure(Failures.silent());
    }

    @Incoming("thrown")
    public void thrown(byte[] value) {
        throw Failures.withCause();
    }

    @Incoming("parse")
    public Uni<Void> parse(Integer value) {
        return Uni.createFrom().voidItem();
    }

    @Incoming("hops")
    public Uni<Void> hops(byte[] value) {
        return Uni.createFrom().failure(Failures.withCause());
    }

    @Incoming("again")
    public Uni<Void> again(byte[] value) {
        return Uni.createFrom().failure(Failures.later());
    }

    @Incoming("delayed")
    public Uni<Void> delayed(byte[] value) {
        return Uni.createFrom().failure(Failures.withCause());
    }
}
