// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/kindrules.h"

#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

class TstKinds final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void realErrors_data();
    void realErrors();
    void replaysAndSchemaCount();
    void aSureRuleOutranksTheSchemasVerdict_data();
    void aSureRuleOutranksTheSchemasVerdict();
    void everyBundledRuleHasItsNameAndReason();
    void aStreamIsSortedAsOneByOne();
    void usersRulesComeFirst();
    void faults_data();
    void faults();
    void aRunawayExpressionFitsNothing();
};

void TstKinds::realErrors_data()
{
    QTest::addColumn<QString>("errorClass");
    QTest::addColumn<QString>("rootCause");
    QTest::addColumn<QString>("message");
    QTest::addColumn<QString>("kind");
    const auto row = [](const char* name, const char* errorClass, const char* rootCause, const char* message,
                        const char* kind) {
        QTest::newRow(name) << QString::fromLatin1(errorClass) << QString::fromLatin1(rootCause)
                            << QString::fromLatin1(message) << QString::fromLatin1(kind);
    };
    // Java, as Spring, Connect, Streams and SmallRye were seen to write it
    row("Spring: the listener's call timed out", "org.springframework.web.client.ResourceAccessException",
        "java.net.SocketTimeoutException", "I/O error on GET request: Read timed out", "transient");
    row("Spring: a deadlock", "org.springframework.dao.CannotAcquireLockException", "org.postgresql.util.PSQLException",
        "could not execute statement", "transient");
    row("Spring: two wrote at once", "org.springframework.orm.ObjectOptimisticLockingFailureException", "",
        "Row was updated or deleted by another transaction", "transient");
    row("Spring: no connection for a transaction", "org.springframework.transaction.CannotCreateTransactionException",
        "java.net.ConnectException", "Could not open JPA EntityManager for transaction", "transient");
    row("Spring: a value that does not parse", "org.springframework.kafka.support.serializer.DeserializationException",
        "com.fasterxml.jackson.core.JsonParseException", "failed to deserialize", "schema");
    row("Spring: the registry was down, not the record wrong", "org.apache.kafka.common.errors.SerializationException",
        "java.net.ConnectException", "Error retrieving Avro value schema for id 17", "transient");
    row("Spring: a duplicate is no wrong form", "org.springframework.dao.DataIntegrityViolationException",
        "org.postgresql.util.PSQLException", "duplicate key value violates unique constraint \"orders_pk\"",
        "business");
    row("Hibernate's constraint is the database's", "org.hibernate.exception.ConstraintViolationException", "",
        "could not execute statement", "business");
    row("Jakarta's constraint is the record's form", "jakarta.validation.ConstraintViolationException", "",
        "amount: must not be null", "schema");
    row("Spring: the other side said 503", "org.springframework.web.client.HttpServerErrorException$ServiceUnavailable",
        "", "503 Service Unavailable", "transient");
    row("Spring: the other side said 404: unsure", "org.springframework.web.client.HttpClientErrorException$NotFound",
        "", "404 Not Found", "unknown");
    row("Feign: too many requests", "feign.FeignException$TooManyRequests", "", "[429] during [GET]", "transient");
    row("an open circuit", "io.github.resilience4j.circuitbreaker.CallNotPermittedException", "",
        "CircuitBreaker 'psp' is OPEN and does not permit further calls", "transient");
    row("Connect: a value that does not convert", "org.apache.kafka.connect.errors.DataException", "",
        "Converting byte[] to Kafka Connect data failed due to serialization error: ", "schema");
    row("Connect's own ConnectException tells of no connection", "org.apache.kafka.connect.errors.ConnectException", "",
        "Tolerance exceeded in error handler", "unknown");
    row("Connect: to be tried again", "org.apache.kafka.connect.errors.RetriableException", "", "", "transient");
    row("Streams: a null pointer", "java.lang.NullPointerException", "", "", "unknown");
    row("SmallRye hides the error", "io.smallrye.reactive.messaging.providers.ProcessingException",
        "java.lang.reflect.InvocationTargetException", "SRMSG00103: Exception thrown when calling the method a.B#c",
        "unknown");
    row("SmallRye: a record that does not parse", "org.apache.kafka.common.errors.RecordDeserializationException", "",
        "Error deserializing VALUE for partition orders-0 at offset 17", "schema");
    row("an order out of stock", "com.acme.OutOfStockException", "", "sku 17", "business");
    row("a card declined", "com.acme.payment.CardDeclinedException", "", "", "business");
    row("an application's own validation may be either", "com.acme.OrderValidationException", "", "order 17",
        "unknown");
    row("an illegal state may be anything", "java.lang.IllegalStateException", "", "boom", "unknown");
    row("an executor that is full", "java.util.concurrent.RejectedExecutionException", "", "", "transient");
    // .NET
    row(".NET: a request that was cancelled by its time limit", "System.Threading.Tasks.TaskCanceledException",
        "System.TimeoutException", "The request was canceled due to the configured HttpClient.Timeout", "transient");
    row(".NET: 503 in the message only", "System.Net.Http.HttpRequestException", "",
        "Response status code does not indicate success: 503 (Service Unavailable).", "transient");
    row(".NET: 400 stays unsure", "System.Net.Http.HttpRequestException", "",
        "Response status code does not indicate success: 400 (Bad Request).", "unknown");
    row(".NET: JSON", "System.Text.Json.JsonException", "",
        "The JSON value could not be converted to System.Int32. Path: $.amount", "schema");
    row(".NET: Newtonsoft", "Newtonsoft.Json.JsonReaderException", "", "Unexpected character", "schema");
    row(".NET: Polly's time limit is no rejection by a rule", "Polly.Timeout.TimeoutRejectedException", "", "",
        "transient");
    row(".NET: a deadlock", "Microsoft.Data.SqlClient.SqlException", "",
        "Transaction (Process ID 52) was deadlocked on lock resources and has been chosen as the deadlock victim.",
        "transient");
    row(".NET: a null reference", "System.NullReferenceException", "", "", "unknown");
    // Go
    row("Go: a refused dial", "*net.OpError", "", "dial tcp 10.0.0.7:5432: connect: connection refused", "transient");
    row("Go: only the text tells", "*errors.errorString", "", "charge: context deadline exceeded", "transient");
    row("Go: a field of another type", "*json.UnmarshalTypeError", "",
        "json: cannot unmarshal string into Go struct field Order.amount of type int", "schema");
    row("Go: a field of another type, wrapped", "*fmt.wrapError", "",
        "decode order: json: cannot unmarshal number into Go struct field Order.id of type string", "schema");
    row("Go: JSON that breaks off", "*errors.errorString", "", "invalid character '}' after object key", "schema");
    row("Java: Jackson misses a creator's property", "com.fasterxml.jackson.databind.exc.ValueInstantiationException",
        "java.lang.NullPointerException", "Cannot construct instance of `Order`", "schema");
    row("Java: Gson", "com.google.gson.JsonSyntaxException", "java.lang.IllegalStateException",
        "Expected BEGIN_OBJECT but was STRING at line 1 column 1 path $", "schema");
    row("Java: Gson's reader", "com.google.gson.stream.MalformedJsonException", "", "Unterminated string", "schema");
    row("Java: org.json", "org.json.JSONException", "", "JSONObject[\"customer_id\"] not found.", "schema");
    row("Kotlin: a field that is not there", "kotlinx.serialization.MissingFieldException", "",
        "Field 'customerId' is required", "schema");
    row("Ruby: JSON", "JSON::ParserError", "", "unexpected token at ''", "schema");
    row("Go: gRPC unavailable", "*status.Error", "", "rpc error: code = Unavailable desc = transport is closing",
        "transient");
    row("Go: gRPC precondition", "*status.Error", "", "rpc error: code = FailedPrecondition desc = order is closed",
        "business");
    row("Go: wrapped and untold", "*fmt.wrapError", "", "handle order: boom", "unknown");
    // Python
    row("Python: requests", "requests.exceptions.ConnectionError", "", "HTTPConnectionPool(host='psp', port=443)",
        "transient");
    row("Python: a refused connection", "ConnectionRefusedError", "", "[Errno 111] Connection refused", "transient");
    row("Python: JSON", "json.decoder.JSONDecodeError", "", "Expecting value: line 1 column 1 (char 0)", "schema");
    row("Python: pydantic", "pydantic_core._pydantic_core.ValidationError", "",
        "1 validation error for Order\namount\n  Field required", "schema");
    row("Python: a unique key", "psycopg2.errors.UniqueViolation", "", "", "business");
    row("Python: Django's integrity", "django.db.utils.IntegrityError", "", "", "business");
    row("Python: a field that is not there", "KeyError", "", "'customer_id'", "schema");
    row("Python: the same as traceback prints it", "builtins.KeyError", "", "KeyError: 'customer_id'", "schema");
    row("Python: a number looked up in a table is no field", "KeyError", "", "17", "unknown");
    row("Python: a key error that tells no key", "KeyError", "", "", "unknown");
    row("Python: an attribute of what is not there", "AttributeError", "", "'NoneType' object has no attribute 'upper'",
        "schema");
    row("Python: an attribute of the program's own class may be a bug", "AttributeError", "",
        "'PaymentHandler' object has no attribute 'chrage'", "unknown");
    row("Python: an index into what is not there", "TypeError", "", "'NoneType' object is not subscriptable", "schema");
    row("Python: a text where an object was expected", "TypeError", "", "string indices must be integers, not 'str'",
        "schema");
    row("Python: a field that a dataclass requires", "TypeError", "",
        "Order.__init__() missing 1 required positional argument: 'customer_id'", "schema");
    row("Python: another type error may be a bug", "TypeError", "", "'module' object is not callable", "unknown");
    row("Python: a text that is no number", "ValueError", "", "could not convert string to float: 'abc'", "schema");
    row("Python: another value error may be anything", "ValueError", "", "order 17 is odd", "unknown");
    row("Python: jsonschema", "jsonschema.exceptions.ValidationError", "", "'customer_id' is a required property",
        "schema");
    row("Python: pydantic by its short name", "ValidationError", "", "1 validation error for Order", "schema");
    row("Python: the database went away", "sqlalchemy.exc.OperationalError", "",
        "server closed the connection unexpectedly", "transient");
    // Node
    row("Node: by code", "ECONNREFUSED", "", "connect ECONNREFUSED 127.0.0.1:5432", "transient");
    row("Node: axios and its time limit", "AxiosError", "", "timeout of 1000ms exceeded", "transient");
    row("Node: axios and 502", "AxiosError", "", "Request failed with status code 502", "transient");
    row("Node: axios and 404: unsure", "AxiosError", "", "Request failed with status code 404", "unknown");
    row("Node: a payload that is no JSON", "SyntaxError", "", "Unexpected token < in JSON at position 0", "schema");
    row("Node: a property name that is none", "SyntaxError", "",
        "Expected property name or '}' in JSON at position 1 (line 1 column 2)", "schema");
    row("Node: the program's own syntax", "SyntaxError", "", "Invalid regular expression: missing /", "unknown");
    row("Node: zod", "ZodError", "", "Required", "schema");
    row("Node: undefined", "TypeError", "", "Cannot read properties of undefined (reading 'id')", "unknown");
    row("Node: a unique key of Sequelize", "SequelizeUniqueConstraintError", "", "Validation error", "business");
    row("nothing told", "", "", "", "unknown");
}

void TstKinds::realErrors()
{
    QFETCH(QString, errorClass);
    QFETCH(QString, rootCause);
    QFETCH(QString, message);
    QFETCH(QString, kind);
    const auto rules = KindRules::bundled();
    QVERIFY2(rules, rules ? "" : qPrintable(rules.error().detail));
    const auto maybe = [](const QString& text) { return text.isEmpty() ? std::nullopt : std::optional(text); };
    LetterFacts facts;
    facts.errorClass = maybe(errorClass);
    facts.rootCauseClass = maybe(rootCause);
    facts.errorMessage = maybe(message);
    const KindVerdict verdict = rules->verdict(facts);
    QVERIFY2(failureKindWord(verdict.kind) == kind,
             qPrintable(u"%1 by rule %2"_s.arg(failureKindWord(verdict.kind), verdict.rule)));
    QVERIFY(!verdict.reason.isEmpty() && !verdict.suggestion.isEmpty());
}

void TstKinds::replaysAndSchemaCount()
{
    const auto rules = KindRules::bundled();
    QVERIFY(rules);
    LetterFacts facts;
    facts.errorClass = u"java.net.SocketTimeoutException"_s;
    QCOMPARE(rules->verdict(facts).kind, FailureKind::Transient);
    facts.replayGeneration = 2; // that it was replayed says nothing; that the error stayed does
    QCOMPARE(rules->verdict(facts).kind, FailureKind::Transient);
    const auto after = [&](int replays) {
        return rules->verdict(
            {.facts = facts, .consumer = {}, .eventType = {}, .fitsSchema = std::nullopt, .sameErrorReplays = replays});
    };
    QCOMPARE(after(1).kind, FailureKind::Transient);
    QCOMPARE(after(2).kind, FailureKind::Unknown);
    QCOMPARE(after(2).rule, u"failed again after replays"_s);
    // What is no transient failure stays what it is, however often it was replayed.
    facts.errorClass = u"com.acme.OutOfStockException"_s;
    QCOMPARE(after(2).kind, FailureKind::Business);

    LetterFacts odd;
    odd.errorClass = u"java.lang.IllegalStateException"_s;
    QCOMPARE(rules->verdict({.facts = odd, .consumer = {}, .eventType = {}, .fitsSchema = false}).kind,
             FailureKind::Schema);
    QCOMPARE(rules->verdict({.facts = odd, .consumer = {}, .eventType = {}, .fitsSchema = true}).kind,
             FailureKind::Unknown);
    QCOMPARE(rules->verdict({.facts = odd, .consumer = {}, .eventType = {}, .fitsSchema = std::nullopt}).kind,
             FailureKind::Unknown);
}

void TstKinds::aSureRuleOutranksTheSchemasVerdict_data()
{
    QTest::addColumn<QString>("errorClass");
    QTest::addColumn<QString>("rootCause");
    QTest::addColumn<QString>("message");
    QTest::addColumn<QString>("kind");
    const auto row = [](const char* name, const char* errorClass, const char* rootCause, const char* message,
                        const char* kind) {
        QTest::newRow(name) << QString::fromLatin1(errorClass) << QString::fromLatin1(rootCause)
                            << QString::fromLatin1(message) << QString::fromLatin1(kind);
    };
    row("a time limit at the root of the cause", "com.acme.ChargeFailed", "java.net.SocketTimeoutException",
        "Read timed out", "transient");
    row("a connection, by the message alone", "com.acme.ChargeFailed", "", "dial psp: connection refused", "transient");
    row("a card declined", "com.acme.CardDeclinedException", "", "", "business");
    row("out of stock, by the message alone", "com.acme.X", "", "sku 17 is out of stock", "business");
    row("a login that was refused tells nothing of the record",
        "org.apache.kafka.common.errors.TopicAuthorizationException", "", "", "unknown");
    row("an error about form", "KeyError", "", "'customer_id'", "schema");
    row("an error that no rule knows", "com.acme.X", "", "boom", "schema");
    row("a null pointer, which the payload may explain", "java.lang.NullPointerException", "", "", "schema");
    row("an error that the framework hides", "io.smallrye.reactive.messaging.providers.ProcessingException", "",
        "SRMSG00103: Exception thrown when calling the method a.B#c", "schema");
    row("nothing told", "", "", "", "schema");
}

void TstKinds::aSureRuleOutranksTheSchemasVerdict()
{
    QFETCH(QString, errorClass);
    QFETCH(QString, rootCause);
    QFETCH(QString, message);
    QFETCH(QString, kind);
    const auto rules = KindRules::bundled();
    QVERIFY(rules);
    const auto maybe = [](const QString& text) { return text.isEmpty() ? std::nullopt : std::optional(text); };
    LetterFacts facts;
    facts.errorClass = maybe(errorClass);
    facts.rootCauseClass = maybe(rootCause);
    facts.errorMessage = maybe(message);
    const KindInput input{.facts = facts, .consumer = {}, .eventType = {}, .fitsSchema = false};
    const KindVerdict verdict = rules->verdict(input);
    QVERIFY2(failureKindWord(verdict.kind) == kind,
             qPrintable(u"%1 by rule %2"_s.arg(failureKindWord(verdict.kind), verdict.rule)));
    KindSorter sorter(*rules);
    QCOMPARE(sorter.kindOf(input), verdict.kind);
}

void TstKinds::everyBundledRuleHasItsNameAndReason()
{
    const auto rules = KindRules::bundled();
    QVERIFY(rules);
    QStringList names;
    for (const KindRule& rule : rules->rules()) {
        QVERIFY(!rule.name.isEmpty() && !names.contains(rule.name));
        QVERIFY2(!rule.reason.isEmpty() && !rule.reason.endsWith(u'.'), qPrintable(rule.name));
        names += rule.name;
    }
}

void TstKinds::aStreamIsSortedAsOneByOne()
{
    const auto rules = KindRules::bundled();
    QVERIFY(rules);
    KindSorter sorter(*rules);
    const QStringList classes{u"java.net.ConnectException"_s, u"com.acme.X"_s, u"com.acme.CardDeclinedException"_s};
    const QStringList messages{u"boom"_s, u"connection refused"_s, u"unknown field amount"_s};
    for (int turn = 0; turn < 3; ++turn) {
        for (const QString& name : classes) {
            for (const QString& message : messages) {
                for (const int generation : {0, 2}) {
                    LetterFacts facts;
                    facts.errorClass = name;
                    facts.errorMessage = message;
                    const KindInput input{.facts = facts,
                                          .consumer = {},
                                          .eventType = {},
                                          .fitsSchema = {},
                                          .sameErrorReplays = generation};
                    QCOMPARE(KindRules::verdictOf(sorter.ruleFor(input)), rules->verdict(input));
                    QCOMPARE(sorter.kindOf(input), rules->verdict(input).kind);
                }
            }
        }
    }
}

void TstKinds::usersRulesComeFirst()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(u"kinds.yaml"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(R"(rules:
  - name: stock says no
    kind: business
    class: '\.StockClientException$'
    consumers: [payment-service]
    reason: the stock service refuses what is sold out
    suggestion: ask the shop
disable: [connection by message]
)");
    file.close();
    const Checked<KindRules> rules = KindRules::withUsers(file.fileName());
    QVERIFY2(rules.value, rules.issues.empty() ? "" : qPrintable(rules.issues.front().toString()));
    LetterFacts facts;
    facts.errorClass = u"com.acme.StockClientException"_s;
    facts.errorMessage = u"connection refused"_s;
    const KindVerdict theirs =
        rules.value->verdict({.facts = facts, .consumer = u"payment-service"_s, .eventType = {}, .fitsSchema = {}});
    QCOMPARE(theirs.kind, FailureKind::Business);
    QCOMPARE(theirs.suggestion, u"ask the shop"_s);
    // For another consumer the rule says nothing, and the bundled one was switched off.
    QCOMPARE(rules.value->verdict({.facts = facts, .consumer = u"x"_s, .eventType = {}, .fitsSchema = {}}).kind,
             FailureKind::Unknown);
    QVERIFY(rules.value->digest() != KindRules::bundled()->digest());
}

void TstKinds::faults_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("place");
    QTest::addColumn<QString>("part");
    QTest::newRow("a kind that is none") << QByteArray("rules:\n  - kind: flaky\n    reason: x\n    class: X\n")
                                         << u":2:11:"_s << u"write transient, schema, business or unknown"_s;
    QTest::newRow("no reason") << QByteArray("rules:\n  - kind: schema\n    class: X\n") << u":2:5:"_s << u"reason"_s;
    QTest::newRow("a broken expression") << QByteArray("rules:\n  - kind: schema\n    reason: x\n    message: '(a'\n")
                                         << u":4:14:"_s << u"no regular expression"_s;
    QTest::newRow("a rule that fits everything")
        << QByteArray("rules:\n  - kind: schema\n    reason: x\n") << u":2:5:"_s << u"does not say what it fits"_s;
    QTest::newRow("two of one name")
        << QByteArray("rules:\n  - {name: a, kind: schema, reason: x, class: X}\n  - {name: a, kind: schema, reason: "
                      "x, class: Y}\n")
        << u":3:5:"_s << u"two rules are called"_s;
    QTest::newRow("a bundled rule that is not there")
        << QByteArray("disable: [conection by message]\n") << u":1:10:"_s << u"did you mean 'connection by message'"_s;
}

void TstKinds::faults()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, place);
    QFETCH(QString, part);
    QTemporaryDir folder;
    QFile file(folder.filePath(u"kinds.yaml"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
    file.close();
    const Checked<KindRules> rules = KindRules::withUsers(file.fileName());
    QVERIFY(!rules.value);
    QCOMPARE(rules.issues.size(), std::size_t{1});
    const QString said = rules.issues.front().toString();
    QVERIFY2(said.startsWith(file.fileName() + place), qPrintable(said));
    QVERIFY2(said.contains(part), qPrintable(said));
}

void TstKinds::aRunawayExpressionFitsNothing()
{
    const auto rules = KindRules::read("rules:\n  - {kind: schema, reason: x, message: '^(a+)+$'}\n", u"kinds.yaml"_s);
    QVERIFY(rules.value);
    LetterFacts facts;
    facts.errorMessage = QString(2'000, u'a') + u'!';
    QCOMPARE(rules.value->verdict(facts).kind, FailureKind::Unknown);
}

QTEST_GUILESS_MAIN(TstKinds)
#include "tst_kinds.moc"
