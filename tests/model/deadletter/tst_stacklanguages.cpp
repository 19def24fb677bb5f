// SPDX-License-Identifier: GPL-3.0-or-later
// Stacks of other languages than Java: which language, which chain, which frame is the application's, and that neither
// a redeploy nor a compiler's numbers begin a new group.
#include "letters.h"
#include "model/deadletter/dialectregistry.h"
#include "model/deadletter/fingerprinter.h"
#include "model/deadletter/stackplace.h"
#include "model/deadletter/stacktrace.h"

#include <QTest>

#include <random>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

const QByteArray kafkajs = "    at async Runner.processEachMessage "
                           "(/app/node_modules/kafkajs/src/consumer/runner.js:231:9)\n"
                           "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)\n";

const QByteArray nodeStack = "TypeError: Cannot read properties of undefined (reading 'sku')\n"
                             "    at Array.map (<anonymous>)\n"
                             "    at StockService.reserve (/app/dist/orders/stock.js:41:27)\n"
                             "    at async OrderConsumer.eachMessage (/app/dist/orders/consumer.js:18:5)\n" +
                             kafkajs;

const QByteArray nodeCauses = "OrderError: order 17 was not reserved\n"
                              "    at reserve (file:///srv/shop/orders/reserve.mjs:12:11)\n" +
                              kafkajs.chopped(1) +
                              " {\n"
                              "  code: 'E_ORDER',\n"
                              "  [cause]: Error: connect ECONNREFUSED 10.0.0.7:5432\n"
                              "      at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1595:16)\n"
                              "      at new Pool (file:///srv/shop/orders/pool.mjs:7:3)\n"
                              "      ... 2 lines matching cause stack trace ...\n"
                              "  }\n"
                              "}\n";

const QByteArray dotnetStack =
    "System.InvalidOperationException: Order 17 could not be handled\n"
    " ---> Acme.Billing.StockException: no stock for sku 17\n"
    "   at Acme.Billing.Stock.<TakeAsync>d__12.MoveNext() in /src/Billing/Stock.cs:line 41\n"
    "--- End of stack trace from previous location ---\n"
    "   at Acme.Billing.OrderHandler.Handle(OrderPlaced message, IMessageHandlerContext context) in "
    "/src/Billing/OrderHandler.cs:line 23\n"
    "   --- End of inner exception stack trace ---\n"
    "   at Acme.Billing.OrderHandler.<>c__DisplayClass3_0.<Handle>b__1(Order order)\n"
    "   at NServiceBus.InvokeHandlerTerminator.Terminate(IInvokeHandlerContext context)\n";

const QByteArray pythonCause =
    "Traceback (most recent call last):\n"
    "  File \"/usr/lib/python3.11/site-packages/psycopg/connection.py\", line 728, in connect\n"
    "    raise ex\n"
    "psycopg.OperationalError: connection refused\n"
    "\n"
    "The above exception was the direct cause of the following exception:\n"
    "\n"
    "Traceback (most recent call last):\n"
    "  File \"/app/billing/consumer.py\", line 40, in on_order\n"
    "    stock.take(order)\n"
    "    ^^^^^^^^^^^^^^^^^\n"
    "  File \"/app/billing/stock.py\", line 12, in take\n"
    "    raise StockError(\"no stock\") from error\n"
    "billing.errors.StockError: no stock\n";

const QByteArray goPanic = "panic: runtime error: index out of range [3] with length 2 [recovered]\n"
                           "\tpanic: runtime error: index out of range [3] with length 2\n"
                           "\n"
                           "goroutine 17 [running]:\n"
                           "testing.tRunner.func1.2({0x5f2a40, 0xc0000a8018})\n"
                           "\t/usr/local/go/src/testing/testing.go:1631 +0x24a\n"
                           "panic({0x5f2a40?, 0xc0000a8018?})\n"
                           "\t/usr/local/go/src/runtime/panic.go:770 +0x132\n"
                           "github.com/acme/shop/orders.(*Service).Reserve.func1(...)\n"
                           "\t/src/orders/reserve.go:41\n"
                           "github.com/acme/shop/orders.(*Service).Handle(0xc0000a6020, {0xc0000b2000, 0x10, 0x20})\n"
                           "\t/src/orders/service.go:18 +0x1d\n"
                           "created by github.com/ThreeDotsLabs/watermill/message.(*handler).run in goroutine 1\n"
                           "\t/go/pkg/mod/github.com/!three!dots!labs/watermill@v1.3.5/message/router.go:610 +0x9c\n"
                           "\n"
                           "goroutine 1 [chan receive]:\n"
                           "main.main()\n"
                           "\t/src/main.go:12 +0x3d\n";

const QByteArray goErrors = "no stock for sku 17\n"
                            "github.com/acme/shop/stock.Take\n"
                            "\t/src/stock/take.go:21\n"
                            "runtime.goexit\n"
                            "\t/usr/local/go/src/runtime/asm_amd64.s:1695\n"
                            "reserving order 17\n"
                            "github.com/acme/shop/orders.(*Service).Reserve\n"
                            "\t/src/orders/reserve.go:30\n";

const QByteArray rubyJoined = "Acme::StockError: no stock for sku 17\n"
                              "/usr/local/bundle/gems/activerecord-7.1.3/lib/active_record/base.rb:12:in `find'\n"
                              "/app/app/consumers/orders_consumer.rb:12:in `block (2 levels) in consume'\n"
                              "/usr/local/bundle/gems/karafka-2.4.0/lib/karafka/base_consumer.rb:80:in `on_consume'\n";

const QByteArray rubyPrinted =
    "/app/lib/orders/reserve.rb:9:in 'Acme::Reserve#call': order 17 was not reserved (Acme::OrderError)\n"
    "\tfrom /app/app/consumers/orders_consumer.rb:12:in 'OrdersConsumer#consume'\n"
    "/app/lib/orders/stock.rb:5:in 'Acme::Stock.take': no stock for sku 17 (Acme::StockError)\n"
    "\tfrom /app/lib/orders/reserve.rb:7:in 'Acme::Reserve#call'\n";

const QByteArray phpStack = "Acme\\StockException: no stock for sku 17 in /app/src/Orders/Stock.php:12\n"
                            "Stack trace:\n"
                            "#0 /app/vendor/guzzlehttp/guzzle/src/Client.php(189): GuzzleHttp\\Client->request('GET')\n"
                            "#1 /app/src/Orders/Reserve.php(40): Acme\\Stock->take(Object(Acme\\Order))\n"
                            "#2 {main}\n"
                            "\n"
                            "Next Acme\\OrderException: order 17 failed in /app/src/Orders/Consumer.php:44\n"
                            "Stack trace:\n"
                            "#0 /app/bin/consume.php(9): Acme\\Consumer->handle()\n"
                            "#1 {main}\n";

std::optional<QString> frameOf(QByteArrayView stack)
{
    static const FrameRules rules = *FrameRules::bundled();
    return firstInAppFrame(stackSections(stack), rules);
}

/// As the intake reads and groups them.
Fingerprint made(const Headers& headers, FingerprintSources* sources = nullptr)
{
    static const DialectRegistry registry = std::move(*DialectRegistry::bundled());
    Fingerprinter fingerprinter(plainGrouping());
    const RawRecord record = letter(headers);
    return fingerprinter.of(record, registry.read(record), {u"billing"_s, u"order.created"_s, std::nullopt}, sources);
}

Headers eventferry(const QByteArray& stack, const QByteArray& reason = "boom", const QByteArray& type = "TypeError")
{
    return {{"dlq-reason", reason}, {"dlq-error-class", type}, {"dlq-original-topic", "orders"}, {"dlq-stack", stack}};
}

Headers nserviceBus(const QByteArray& stack, const QByteArray& type = "Acme.Boom", const QByteArray& message = "boom")
{
    return {{"NServiceBus.FailedQ", "orders"},
            {"NServiceBus.ExceptionInfo.ExceptionType", type},
            {"NServiceBus.ExceptionInfo.InnerExceptionType", "Acme.Inner"},
            {"NServiceBus.ExceptionInfo.Message", message},
            {"NServiceBus.ExceptionInfo.StackTrace", stack}};
}

Headers watermill(const QByteArray& reason)
{
    return {{"reason_poisoned", reason}, {"topic_poisoned", "orders"}, {"handler_poisoned", "reserve"}};
}

Headers generic(const QByteArray& stack, const QByteArray& type, const QByteArray& message)
{
    return {
        {"x-original-topic", "orders"}, {"x-error-type", type}, {"x-error-message", message}, {"x-error-stack", stack}};
}

} // namespace

class TstStackLanguages final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void stacks_data();
    void stacks();
    void names_data();
    void names();
    void sameFailure_data();
    void sameFailure();
    void otherFailure_data();
    void otherFailure();
    void framesAreNoWords_data();
    void framesAreNoWords();
    void whyItSaysWhichFrame();
    void ownPrefixes();
    void toldMessagesArePassedOver();
    void linesAlone_data();
    void linesAlone();
    void files_data();
    void files();
    void anyTextIsRead();
};

void TstStackLanguages::stacks_data()
{
    QTest::addColumn<QByteArray>("stack");
    QTest::addColumn<QString>("language"); // null: none
    QTest::addColumn<QStringList>("classes");
    QTest::addColumn<QString>("message"); // of the root cause
    QTest::addColumn<QString>("frame");   // null: none is the application's
    const auto row = [](const char* name, const QByteArray& stack, const char* language, const QStringList& classes,
                        const char* message, const char* frame = nullptr) {
        QTest::newRow(name) << stack << (language ? QString::fromUtf8(language) : QString()) << classes
                            << QString::fromUtf8(message) << (frame ? QString::fromUtf8(frame) : QString());
    };
    row("Java stays Java", "a.A: 1\n\tat com.acme.B.c(B.java:1)\n", "Java", {u"a.A"_s}, "1", "com.acme.B.c");
    row("Java whose tabs became spaces", "a.A: 1\n    at com.acme.B.c(B.kt:1)\n", "Java", {u"a.A"_s}, "1",
        "com.acme.B.c");
    row("Java that quotes a traceback",
        "a.A: py said:\nTraceback (most recent call last):\n  File \"/app/x.py\", line 3, in go\nValueError: 1\n"
        "\tat com.acme.B.c(B.java:1)\n",
        "Java", {u"a.A"_s},
        "py said:\nTraceback (most recent call last):\n  File \"/app/x.py\", line 3, in go\nValueError: 1",
        "com.acme.B.c");
    row("no stack", "it did not work at all (sorry)", nullptr, {QString()}, "");

    row("Node", nodeStack, "JavaScript", {u"TypeError"_s}, "Cannot read properties of undefined (reading 'sku')",
        "orders/stock.js:StockService.reserve");
    row("Node, a chain of causes", nodeCauses, "JavaScript", {u"OrderError"_s, u"Error"_s},
        "connect ECONNREFUSED 10.0.0.7:5432", "orders/pool.mjs:new Pool");
    row("Node, a cause that is no error ends nothing",
        "Error: a\n    at f (/app/orders/x.js:1:2) {\n  [cause]: { code: 7 }\n}\n", "JavaScript", {u"Error"_s}, "a",
        "orders/x.js:f");
    row("Node, an error with a code",
        "TypeError [ERR_INVALID_ARG_TYPE]: The \"path\" argument must be of type string\n    at f (/app/a/x.ts:1:2)\n",
        "JavaScript", {u"TypeError"_s}, "The \"path\" argument must be of type string", "a/x.ts:f");
    row("Node, a function without name", "Error: a\n    at /app/orders/x.js:1:2\n", "JavaScript", {u"Error"_s}, "a",
        "orders/x.js:<anonymous>");
    row("Node, a message of two lines", "Error: a\nb\n    at f (/app/orders/x.js:1:2)\n", "JavaScript", {u"Error"_s},
        "a\nb", "orders/x.js:f");
    row("Node, nothing of the application's", "Error: a\n" + kafkajs, "JavaScript", {u"Error"_s}, "a");
    row("Node, several errors stand for themselves",
        "AggregateError: All promises were rejected\n    at f (/app/orders/x.js:1:2) {\n  [errors]: [\n    Error: b\n"
        "        at g (/app/orders/y.js:1:2) {\n      [cause]: Error: c\n          at h (/app/orders/z.js:1:1)\n",
        "JavaScript", {u"AggregateError"_s}, "All promises were rejected", "orders/x.js:f");
    row("Node, as it ends a process",
        "/app/orders/x.js:3\n    throw new Error('a');\n    ^\n\nError: a\n    at f (/app/orders/x.js:3:11)\n\n"
        "Node.js v20.11.0\n",
        "JavaScript", {u"Error"_s}, "a", "orders/x.js:f");

    row(".NET", dotnetStack, ".NET", {u"System.InvalidOperationException"_s, u"Acme.Billing.StockException"_s},
        "no stock for sku 17", "Acme.Billing.Stock.TakeAsync");
    row(".NET Framework keeps the chain on one line",
        "System.Exception: a ---> Acme.Mid: b ---> Acme.Inner: c\r\n   at Acme.X.Y(String s)\r\n"
        "   --- End of inner exception stack trace ---\r\n   at Acme.M.N()\r\n"
        "   --- End of inner exception stack trace ---\r\n   at Acme.O.P() in C:\\x (86)\\O.cs:line 3\r\n",
        ".NET", {u"System.Exception"_s, u"Acme.Mid"_s, u"Acme.Inner"_s}, "c", "Acme.X.Y");
    row(".NET, an arrow in a message is none", "Acme.Boom: a ---> b c: d\n   at Acme.X.Y()\n", ".NET", {u"Acme.Boom"_s},
        "a ---> b c: d", "Acme.X.Y");
    row(".NET, the cause was never thrown",
        "Acme.Outer: a\n ---> Acme.Inner: b\n   --- End of inner exception stack trace ---\n   at Acme.O.P()\n", ".NET",
        {u"Acme.Outer"_s, u"Acme.Inner"_s}, "b", "Acme.O.P");
    row(".NET, one of several",
        "System.AggregateException: One or more errors occurred. (b) (c)\n ---> Acme.Inner: b\n   at Acme.X.Y()\n"
        "   --- End of inner exception stack trace ---\n   at Acme.O.P()\n ---> (Inner Exception #1) Acme.Other: c\n"
        "   at Acme.Z.Z()<---\n",
        ".NET", {u"System.AggregateException"_s, u"Acme.Inner"_s}, "b", "Acme.X.Y");
    row(".NET, frames alone, as MassTransit writes them",
        "   at System.Net.Http.HttpClient.Send()\n   at Acme.Billing.Gateway.Pay[T](T order) in /src/G.cs:line 4\n",
        ".NET", {QString()}, "", "Acme.Billing.Gateway.Pay");
    row(".NET in German",
        "System.Exception: a ---> Acme.Inner: b\r\n   bei Acme.X.Y(String s) in C:\\x (86)\\X.cs:Zeile 7.\r\n"
        "   --- Ende der internen Ausnahmestapelüberwachung ---\r\n   bei Acme.O.P()\r\n",
        ".NET", {u"System.Exception"_s, u"Acme.Inner"_s}, "b", "Acme.X.Y");
    row(".NET in French", "Acme.Boom: a\r\n   à System.X.Z()\r\n   à Acme.X.Y(String s) dans C:\\x\\X.cs:ligne 7\r\n",
        ".NET", {u"Acme.Boom"_s}, "a", "Acme.X.Y");
    row(".NET in Spanish", "Acme.Boom: a\n   en Acme.X.<YAsync>d__3.MoveNext() en C:\\x\\X.cs:línea 7\n", ".NET",
        {u"Acme.Boom"_s}, "a", "Acme.X.YAsync");
    row(".NET in Japanese",
        "Acme.Outer: a ---> Acme.Inner: b\r\n   場所 Acme.X.Y() 場所 C:\\x (86)\\X.cs:行 7\r\n"
        "   --- 内部例外スタック トレースの終わり ---\r\n   場所 Acme.O.P()\r\n",
        ".NET", {u"Acme.Outer"_s, u"Acme.Inner"_s}, "b", "Acme.X.Y");
    row(".NET in Chinese", "Acme.Boom: a\r\n   在 Acme.X.Y(String s) 位置 C:\\x\\X.cs:行号 7\r\n", ".NET",
        {u"Acme.Boom"_s}, "a", "Acme.X.Y");
    row(".NET, a word of prose starts no frame", "Acme.Boom: a\nen Acme.Z.Z()\n    in Acme.Z.Z()\n   at Acme.X.Y()\n",
        ".NET", {u"Acme.Boom"_s}, "a\nen Acme.Z.Z()\n    in Acme.Z.Z()", "Acme.X.Y");
    row("Firefox, frames alone",
        "take/<@https://shop.acme.example/assets/orders/stock-3f2a9c1b.js:9:17\n"
        "async*@https://shop.acme.example/assets/orders/cart.js:1:2\n",
        "JavaScript", {QString()}, "", "orders/stock.js:take");
    row("Safari, with the error above",
        "TypeError: undefined is not an object\ntake@https://shop.acme.example/static/orders/stock.js:9:17\n"
        "forEach@[native code]\nglobal code@https://shop.acme.example/static/orders/cart.js:1:2\n",
        "JavaScript", {u"TypeError"_s}, "undefined is not an object", "orders/stock.js:take");
    row(".NET, a library alone", "Acme.Boom: a\n   at MassTransit.Pipe.Send()\n   at System.X.Y()\n", ".NET",
        {u"Acme.Boom"_s}, "a");

    row("Python, raised from another", pythonCause, "Python",
        {u"billing.errors.StockError"_s, u"psycopg.OperationalError"_s}, "connection refused", "billing/stock.py:take");
    row("Python, raised while another was handled",
        "Traceback (most recent call last):\n  File \"/app/billing/a.py\", line 1, in first\n    d[1]\nKeyError: 1\n\n"
        "During handling of the above exception, another exception occurred:\n\n"
        "Traceback (most recent call last):\n  File \"/app/billing/b.py\", line 1, in second\n    x\nValueError\n",
        "Python", {u"ValueError"_s, u"KeyError"_s}, "1", "billing/a.py:first");
    row("Python, the innermost frame is the last",
        "Traceback (most recent call last):\n  File \"/app/billing/a.py\", line 1, in outer\n    b()\n"
        "  File \"/app/billing/b.py\", line 1, in inner\n    c()\n"
        "  File \"/usr/lib/python3.11/json/decoder.py\", line 337, in decode\n    raise\nValueError: a: b\nand c\n",
        "Python", {u"ValueError"_s}, "a: b\nand c", "billing/b.py:inner");
    row("Python, a comprehension counts as its function",
        "Traceback (most recent call last):\n  File \"/app/billing/a.py\", line 1, in outer\n    b()\n"
        "  File \"/app/billing/a.py\", line 1, in <listcomp>\n    c()\nKeyError: 'sku'\n",
        "Python", {u"KeyError"_s}, "'sku'", "billing/a.py:outer");
    row("Python, behind a line of a log",
        "ERROR consumer failed\nTraceback (most recent call last):\n  File \"x.py\", line 1, in <module>\n    "
        "c()\nKeyError\n",
        "Python", {u"KeyError"_s}, "", "x.py:<module>");
    row("Python, a group stands for itself",
        "  + Exception Group Traceback (most recent call last):\n  |   File \"/app/billing/a.py\", line 3, in run\n"
        "  |     raise ExceptionGroup(\"many\", errors)\n  | ExceptionGroup: many (2 sub-exceptions)\n"
        "  +-+---------------- 1 ----------------\n    | Traceback (most recent call last):\n"
        "    |   File \"/app/billing/b.py\", line 1, in deep\n    | ValueError: 1\n    "
        "+------------------------------------\n",
        "Python", {u"ExceptionGroup"_s}, "many (2 sub-exceptions)", "billing/a.py:run");

    row("Go, a panic", goPanic, "Go", {u"panic"_s}, "runtime error: index out of range [3] with length 2",
        "github.com/acme/shop/orders.(*Service).Reserve");
    row("Go, errors that carry their stacks", goErrors, "Go", {QString(), QString()}, "no stock for sku 17",
        "github.com/acme/shop/stock.Take");
    row("Go, a signal",
        "panic: runtime error: invalid memory address or nil pointer dereference\n"
        "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x48b2c5]\n\ngoroutine 1 [running]:\n"
        "main.run[...](0x0)\n\t/src/main.go:7 +0x5\nmain.main()\n\t/src/main.go:3 +0x5\nexit status 2\n",
        "Go", {u"panic"_s}, "runtime error: invalid memory address or nil pointer dereference", "main.run");
    row("Go, a goroutine alone, built with -trimpath",
        "goroutine 7 [running]:\nruntime/debug.Stack()\n\truntime/debug/stack.go:24 +0x5e\n"
        "github.com/other/lib.Do(...)\n\tgithub.com/other/lib@v1.2.0/do.go:3\n"
        "shop/orders.Take.gowrap1()\n\tshop/orders/take.go:3 +0x1\n",
        "Go", {QString()}, "", "shop/orders.Take");

    row("Ruby, as programs join it", rubyJoined, "Ruby", {u"Acme::StockError"_s}, "no stock for sku 17",
        "consumers/orders_consumer.rb:consume");
    row("Ruby, as Ruby prints it, with its cause", rubyPrinted, "Ruby", {u"Acme::OrderError"_s, u"Acme::StockError"_s},
        "no stock for sku 17", "orders/stock.rb:take");
    row("Ruby, frames alone", "/app/lib/orders/stock.rb:5:in `rescue in take'\n", "Ruby", {QString()}, "",
        "orders/stock.rb:take");

    row("PHP, with what was before it", phpStack, "PHP", {u"Acme\\OrderException"_s, u"Acme\\StockException"_s},
        "no stock for sku 17", "Orders/Reserve.php:Acme\\Stock->take");
}

void TstStackLanguages::stacks()
{
    QFETCH(QByteArray, stack);
    QFETCH(QString, language);
    QFETCH(QStringList, classes);
    QFETCH(QString, message);
    QFETCH(QString, frame);
    const auto read = languageOf(stack);
    QCOMPARE(read ? languageName(*read) : QString(), language);
    const std::vector<StackSection> sections = stackSections(stack);
    QStringList readClasses;
    for (const StackSection& section : sections)
        readClasses += section.className.isEmpty() ? QString() : QString::fromUtf8(section.className);
    QCOMPARE(readClasses, classes);
    QCOMPARE(QString::fromUtf8(sections.back().message), message);
    QCOMPARE(frameOf(stack).value_or(QString()), frame);
    // What a letter is read by says the same.
    const CauseChain chain = readCauseChain(stack);
    QVERIFY(chain.reachesEnd);
    QCOMPARE(chain.thrown.size(), sections.size());
    QCOMPARE(chain.thrown.back().className.value_or(QString()), classes.back());
}

void TstStackLanguages::names_data()
{
    QTest::addColumn<StackLanguage>("language");
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QString>("frame");
    QTest::addColumn<bool>("isInApp");
    const auto row = [](const char* name, StackLanguage language, const QByteArray& line, const char* frame,
                        bool isInApp = true) {
        QTest::newRow(name) << language << line << QString::fromUtf8(frame) << isInApp;
    };
    using enum StackLanguage;
    row("an object that V8 names", JavaScript, "at Object.handle (/app/orders/x.js:1:2)", "orders/x.js:handle");
    row("a method under another name", JavaScript, "at Foo.bar [as baz] (/app/orders/x.js:1:2)", "orders/x.js:Foo.bar");
    row("a bundle's hash", JavaScript, "at take (/app/static/main.3f2a9c1b.js:1:2345)", "static/main.js:take");
    row("a chunk's hash", JavaScript, "at take (https://cdn/js/chunk-3f2a9c1b.js:1:2345)", "chunk.js:take");
    row("webpack's own names", JavaScript, "at take (webpack://shop/./src/orders/x.ts?a1b2:3:4)", "orders/x.ts:take");
    row("a package within a bundle", JavaScript, "at a (webpack://shop/./node_modules/x/y.js:3:4)", "x/y.js:a", false);
    row("Windows", JavaScript, "at take (C:\\shop\\orders\\x.js:3:4)", "orders/x.js:take");
    row("promises", JavaScript, "at async Promise.all (index 0)", "Promise.all", false);
    row("what was evaluated", JavaScript, "at eval (eval at f (/app/x.js:1:2), <anonymous>:1:1)", "eval", false);
    row("a lambda", DotNet, "at Acme.X.<>c__DisplayClass3_0.<Run>b__1(Object o)", "Acme.X.Run");
    row("a lambda without captures", DotNet, "at Acme.X.<>c.<Run>b__3_0()", "Acme.X.Run");
    row("a lambda that awaits", DotNet, "at Acme.X.<>c__DisplayClass3_0.<<Run>b__1>d.MoveNext()", "Acme.X.Run");
    row("a function within a method", DotNet, "at Acme.X.<Run>g__Take|4_0(Int32 n)", "Acme.X.Run.Take");
    row("types as arguments", DotNet, "at Acme.Repo`1.Get[TKey,TValue](TKey key)", "Acme.Repo.Get");
    row("a constructor", DotNet, "at Acme.Order..ctor(String id)", "Acme.Order..ctor");
    row("code made at run time", DotNet, "at lambda_method(Closure , Object )", "lambda_method", false);
    row("a module of Python's own", Python, "File \"/usr/lib/python3.11/json/decoder.py\", line 3, in decode",
        "json/decoder.py:decode", false);
    row("a frozen one", Python, "File \"<frozen importlib._bootstrap>\", line 1, in _call",
        "<frozen importlib._bootstrap>:_call", false);
    row("a module of the cache", Go, "x/y.Do(0x1)\n\t/root/go/pkg/mod/x/y@v1/do.go:3 +0x1", "x/y.Do", false);
    row("the library of Go", Go, "net/http.(*conn).serve(0x1)\n\t/usr/local/go/src/net/http/server.go:3 +0x1",
        "net/http.(*conn).serve", false);
    row("a closure in a closure", Go, "main.run.func2.1()\n\t/src/main.go:3 +0x1", "main.run");
    row("a method as a value", Go, "main.(*S).Run-fm()\n\t/src/main.go:3 +0x1", "main.(*S).Run");
    row("a gem", Ruby, "/usr/local/bundle/gems/karafka-2.4.0/lib/karafka/x.rb:1:in 'X#y'", "karafka/x.rb:y", false);
    row("a closure of PHP", Php, "#3 /app/src/Orders/X.php(3): Acme\\X->{closure:Acme\\X::go():12}(1)",
        "Orders/X.php:Acme\\X->{closure}");
    row("no frame", JavaScript, "at nowhere", "nowhere", false);
}

void TstStackLanguages::names()
{
    QFETCH(StackLanguage, language);
    QFETCH(QByteArray, line);
    QFETCH(QString, frame);
    QFETCH(bool, isInApp);
    static const FrameRules rules = *FrameRules::bundled();
    QCOMPARE(rules.isInApp(line, language), isInApp);
    if (isInApp)
        QCOMPARE(frameName(line, language), frame);
}

void TstStackLanguages::sameFailure_data()
{
    QTest::addColumn<Headers>("one");
    QTest::addColumn<Headers>("another");
    const auto row = [](const char* name, const Headers& one, const Headers& another) {
        QTest::newRow(name) << one << another;
    };
    const auto changed = [](QByteArray text, const QByteArray& from, const QByteArray& to) {
        Q_ASSERT(text.contains(from));
        return text.replace(from, to);
    };
    row("Node: a redeploy moves lines", eventferry(nodeStack), eventferry(changed(nodeStack, ":41:27", ":57:3")));
    row("Node: another folder", eventferry(nodeStack),
        eventferry(changed(nodeStack, "/app/dist/", "/srv/shop/releases/20251127/dist/")));
    row("Node: another version of the library", eventferry(nodeStack),
        eventferry(changed(nodeStack, "runner.js:231:9", "runner.js:240:1")));
    row("Node: the cause, by another wrapper", eventferry(nodeCauses, "order 17", "OrderError"),
        eventferry(changed(nodeCauses, "OrderError: order 17 was not reserved", "RefundError: nothing"), "no",
                   "RefundError"));
    row(".NET: a redeploy moves lines and numbers", nserviceBus(dotnetStack),
        nserviceBus(changed(changed(dotnetStack, "line 41", "line 44"), "d__12", "d__14")));
    row(".NET: another order", nserviceBus("Acme.Boom: no stock for sku 17\n   at Acme.X.Y()\n", "Acme.Boom", "sku 17"),
        nserviceBus("Acme.Boom: no stock for sku 4711\n   at Acme.X.Y() in /src/X.cs:line 9\n", "Acme.Boom",
                    "sku 4711"));
    row("Python: another installation", generic(pythonCause, "billing.errors.StockError", "no stock"),
        generic(changed(changed(pythonCause, "/app/", "/opt/shop-1.4/"), "line 12", "line 15"),
                "billing.errors.StockError", "no stock"));
    row("Go: addresses and goroutines", watermill(goPanic),
        watermill(changed(changed(goPanic, "0xc0000a6020", "0xc000111111"), "goroutine 17", "goroutine 93")));
    row("Go: a closure more", watermill(goPanic), watermill(changed(goPanic, "Reserve.func1", "Reserve.func2")));
    row("Ruby: an upgrade to 3.4", generic(rubyJoined, "Acme::StockError", "no stock for sku 17"),
        generic(changed(rubyJoined, "`block (2 levels) in consume'", "'OrdersConsumer#consume'"), "Acme::StockError",
                "no stock for sku 18"));
}

void TstStackLanguages::sameFailure()
{
    QFETCH(Headers, one);
    QFETCH(Headers, another);
    QVERIFY(one != another);
    const Fingerprint first = made(one);
    const Fingerprint second = made(another);
    QVERIFY(first.parts.frame.has_value());
    QCOMPARE(second.parts, first.parts);
    QCOMPARE(second.id, first.id);
}

void TstStackLanguages::otherFailure_data()
{
    QTest::addColumn<Headers>("one");
    QTest::addColumn<Headers>("another");
    const auto row = [](const char* name, const Headers& one, const Headers& another) {
        QTest::newRow(name) << one << another;
    };
    row("Node: thrown at two places", eventferry("TypeError: boom\n    at aaa (/app/x.js:1:2)\n"),
        eventferry("TypeError: boom\n    at bbb (/app/z.js:9:7)\n"));
    row("Node: two folders' files of one name", eventferry("TypeError: boom\n    at on (/app/orders/x.js:1:2)\n"),
        eventferry("TypeError: boom\n    at on (/app/refunds/x.js:1:2)\n"));
    row("Node: two causes of one error", eventferry(nodeCauses),
        eventferry(QByteArray(nodeCauses).replace("[cause]: Error:", "[cause]: RangeError:")));
    row(".NET: thrown at two places", nserviceBus("Acme.Boom: boom\n   at Acme.X.Y()"),
        nserviceBus("Acme.Boom: boom\n   at Acme.X.Z()"));
    row("Go: two places", watermill(goPanic),
        watermill(QByteArray(goPanic).replace("(*Service).Reserve.func1", "(*Service).Refund.func1")));
    row("Python: two places", generic(pythonCause, "a.B", "c"),
        generic(QByteArray(pythonCause).replace("in take", "in give"), "a.B", "c"));
}

void TstStackLanguages::otherFailure()
{
    QFETCH(Headers, one);
    QFETCH(Headers, another);
    QVERIFY(made(one).id != made(another).id);
}

void TstStackLanguages::framesAreNoWords_data()
{
    QTest::addColumn<Headers>("headers");
    QTest::addColumn<QString>("rootCause");
    QTest::addColumn<QString>("message");
    QTest::addColumn<QString>("frame");
    const auto row = [](const char* name, const Headers& headers, const QString& rootCause, const QString& message,
                        const QString& frame) { QTest::newRow(name) << headers << rootCause << message << frame; };
    row("eventferry", eventferry(nodeStack, "Cannot read properties of undefined (reading 'sku')"), u"TypeError"_s,
        u"Cannot read properties of undefined (reading <text>)"_s, u"orders/stock.js:StockService.reserve"_s);
    row("eventferry, the reason is the stack", eventferry(nodeStack, nodeStack), u"TypeError"_s,
        u"Cannot read properties of undefined (reading <text>)"_s, u"orders/stock.js:StockService.reserve"_s);
    row("NServiceBus", nserviceBus("Acme.Boom: boom\n   at Acme.X.Y()"), u"Acme.Boom"_s, u"boom"_s, u"Acme.X.Y"_s);
    row("NServiceBus, a chain", nserviceBus(dotnetStack, "System.InvalidOperationException", "Order 17 could not"),
        u"Acme.Billing.StockException"_s, u"no stock for sku <n>"_s, u"Acme.Billing.Stock.TakeAsync"_s);
    row("MassTransit: frames without a head",
        {{"MT-Fault-ExceptionType", "Acme.Boom"},
         {"MT-Fault-Message", "boom 7"},
         {"MT-Fault-StackTrace", "   at MassTransit.A.B()\n   at Acme.X.Y() in /src/X.cs:line 3"}},
        u"Acme.Boom"_s, u"boom <n>"_s, u"Acme.X.Y"_s);
    row("Watermill, a panic in the reason", watermill(goPanic), u"panic"_s,
        u"runtime error: index out of range [<n>] with length <n>"_s,
        u"github.com/acme/shop/orders.(*Service).Reserve"_s);
    row("Watermill, an error with its stacks", watermill(goErrors), QString(), u"no stock for sku <n>"_s,
        u"github.com/acme/shop/stock.Take"_s);
    row("Watermill, an error as most print it", watermill("reserving: no stock for sku 17"), QString(),
        u"reserving: no stock for sku <n>"_s, QString());
    row("Ruby in headers of its own", generic(rubyPrinted, "Acme::OrderError", "order 17 was not reserved"),
        u"Acme::StockError"_s, u"no stock for sku <n>"_s, u"orders/stock.rb:take"_s);
    row("Python in headers of its own", generic(pythonCause, "billing.errors.StockError", "no stock"),
        u"psycopg.OperationalError"_s, u"connection refused"_s, u"billing/stock.py:take"_s);
}

void TstStackLanguages::framesAreNoWords()
{
    QFETCH(Headers, headers);
    QFETCH(QString, rootCause);
    QFETCH(QString, message);
    QFETCH(QString, frame);
    const Fingerprint fingerprint = made(headers);
    QCOMPARE(fingerprint.parts.rootCause.value_or(QString()), rootCause);
    QCOMPARE(fingerprint.parts.message.value_or(QString()), message);
    QCOMPARE(fingerprint.parts.frame.value_or(QString()), frame);
}

void TstStackLanguages::whyItSaysWhichFrame()
{
    FingerprintSources sources;
    const auto said = [&sources](const Headers& headers) {
        (void)made(headers, &sources);
        return sources.frame;
    };
    QCOMPARE(said(eventferry(nodeStack)), u"first frame of the application in the JavaScript stack"_s);
    QCOMPARE(said(eventferry("Error: a\n" + kafkajs)), u"no frame of the JavaScript stack is the application's"_s);
    QCOMPARE(said(eventferry("boom\n  somewhere in line 12\n")),
             u"the letter's stack shows no frame in a form that is known"_s);
    QCOMPARE(said(watermill(goPanic)), u"first frame of the application in the Go stack that the message holds"_s);
    QCOMPARE(said(watermill("no stock")), u"the letter has no stack"_s);
    QCOMPARE(said(nserviceBus(dotnetStack)), u"first frame of the application in the .NET stack"_s);
    QVERIFY(sources.rootCause.contains(u"cause chain"_s));
    // Without a message the title names the frame.
    QCOMPARE(groupTitle({.rootCause = u"Acme::StockError"_s, .frame = u"orders/stock.rb:take"_s}),
             u"StockError in stock.rb:take"_s);
    QCOMPARE(groupTitle({.rootCause = u"panic"_s, .frame = u"github.com/acme/shop/orders.(*Service).Reserve"_s}),
             u"panic in orders.(*Service).Reserve"_s);
}

void TstStackLanguages::ownPrefixes()
{
    GroupingRules rules;
    rules.notInApp = {u"orders/stock.js"_s};
    const RawRecord record = letter(eventferry(nodeStack));
    const LetterFacts facts = DialectRegistry::bundled()->read(record);
    const auto frame = [&] {
        Fingerprinter fingerprinter(*GroupingKnowledge::bundled(rules));
        return fingerprinter.of(record, facts, {}).parts.frame;
    };
    QCOMPARE(frame(), u"orders/consumer.js:OrderConsumer.eachMessage"_s);
    rules.notInApp = {u"/app/dist/"_s}; // a file's beginning
    QCOMPARE(frame(), std::nullopt);
    rules.inApp = {u"/app/node_modules/kafkajs/"_s};
    QCOMPARE(frame(), u"consumer/runner.js:Runner.processEachMessage"_s);

    GroupingRule rule;
    rule.name = u"mine"_s;
    rule.frame = u"orders/consumer.js:"_s;
    rule.fingerprint = u"orders"_s;
    Fingerprinter fingerprinter(
        *GroupingKnowledge::bundled({.rules = {rule}, .inApp = {}, .notInApp = {}, .digest = u"1"_s}));
    QCOMPARE(fingerprinter.of(record, facts, {}).rule, u"mine"_s);
}

void TstStackLanguages::toldMessagesArePassedOver()
{
    const QByteArray hostile =
        "one\n    at evil (/app/evil/x.js:1:2)\n  [cause]: Evil: x\n    at evil (/app/evil/y.js:1:2)";
    KnownMessages known;
    addKnownMessage(known, hostile);
    const QByteArray stack = "TypeError: " + hostile + "\n    at take (/app/orders/x.js:1:2)\n";
    const std::vector<StackSection> sections = stackSections(stack, known);
    QCOMPARE(sections.size(), std::size_t{1});
    QCOMPARE(sections.front().message, QByteArrayView(hostile));
    QVERIFY(!sections.front().frames.contains("evil"));
    const QByteArray python =
        "one\nTraceback (most recent call last):\n  File \"/app/evil/x.py\", line 1, in evil\nEvil: x";
    known.clear();
    addKnownMessage(known, python);
    const QByteArray traceback = "Traceback (most recent call last):\n  File \"/app/orders/x.py\", line 1, in take\n"
                                 "ValueError: " +
                                 python + "\n";
    QCOMPARE(stackSections(traceback, known).size(), std::size_t{1});
}

void TstStackLanguages::linesAlone_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<bool>("isApp");
    QTest::newRow("Java, the application's") << QByteArray("\tat com.acme.Billing.on(Billing.java:42)") << true;
    QTest::newRow("Java, a framework's") << QByteArray("\tat org.springframework.X.y(X.java:1)") << false;
    QTest::newRow("a cause") << QByteArray("Caused by: com.acme.Boom: at com.acme.X.y(X.java:1)") << false;
    QTest::newRow("Node, the application's") << QByteArray("    at take (/app/orders/stock.js:9:17)") << true;
    QTest::newRow("Node, a package's") << QByteArray("    at f (/app/node_modules/kafkajs/x.js:1:2)") << false;
    QTest::newRow("Firefox") << QByteArray("take/<@https://shop.acme.example/static/orders/stock.js:9:17") << true;
    QTest::newRow(".NET, the application's") << QByteArray("   at Acme.X.Y() in /src/X.cs:line 3") << true;
    QTest::newRow(".NET, its own library") << QByteArray("   at System.X.Y()") << false;
    QTest::newRow(".NET in German") << QByteArray("   bei Acme.X.Y() in C:\\X.cs:Zeile 3.") << true;
    QTest::newRow("prose") << QByteArray("the order was refused") << false;
    QTest::newRow("nothing") << QByteArray() << false;
}

void TstStackLanguages::linesAlone()
{
    QFETCH(QByteArray, line);
    QFETCH(bool, isApp);
    static const FrameRules rules = *FrameRules::bundled();
    QCOMPARE(rules.isAppLine(line), isApp);
}

void TstStackLanguages::files_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QByteArray>("lasting");
    const auto row = [](const char* name, const char* file, const char* lasting) {
        QTest::newRow(name) << QByteArray(file) << QByteArray(lasting);
    };
    row("in the install's folder", "/app/x.js", "x.js");
    row("in a folder of it", "/app/orders/x.js", "orders/x.js");
    row("under a name of its own", "/srv/shop/x.py", "x.py");
    row("in a release", "/srv/shop/releases/20251127/x.py", "x.py");
    row("in a home", "/home/ci/orders/x.py", "orders/x.py");
    row("relative", "orders/x.py", "orders/x.py");
    row("on Windows", "D:\\a\\orders\\x.py", "orders/x.py");
    row("a hash", "/app/assets/index-BqX3k9Za.js", "assets/index.js");
    row("a hash alone", "/app/assets/3f2a9c1b.js", "assets/<hash>.js");
    row("a name of many letters is none", "/app/assets/subscriptions.js", "assets/subscriptions.js");
    row("a test's name", "/app/orders/stock.spec.ts", "orders/stock.spec.ts");
    row("a name with a number in it", "/app/orders/base64url.js", "orders/base64url.js");
    row("a name with a dash", "/app/orders/stock-take.ts", "orders/stock-take.ts");
    row("no folder", "x.rb", "x.rb");
    row("nothing", "", "");
    row("a root", "/", "");
}

void TstStackLanguages::files()
{
    QFETCH(QByteArray, file);
    QFETCH(QByteArray, lasting);
    QCOMPARE(lastingFile(file), lasting);
}

void TstStackLanguages::anyTextIsRead()
{
    static const FrameRules rules = *FrameRules::bundled();
    std::mt19937 random(27);
    QByteArrayList pieces;
    for (const QByteArray& stack : {nodeStack, nodeCauses, dotnetStack, pythonCause, goPanic, goErrors, rubyJoined,
                                    rubyPrinted, phpStack, QByteArray("a.A: 1\n\tat b.C.d(C.java:1)\nCaused by: ")})
        pieces += stack.split('\n');
    pieces += {"\n",
               "\r\n",
               "\n\n",
               "(",
               ")",
               "<",
               ">",
               "[",
               ": ",
               " ---> ",
               "\0\xFF",
               "at ",
               "    at ",
               "\t",
               "Next ",
               "[cause]: ",
               "<<<>>>b__",
               "   bei Acme.X.Y() in C:\\x.cs:Zeile 7.",
               "   場所 Acme.X.Y() 場所 C:\\x.cs:行 7",
               "   --- 内部例外スタック トレースの終わり ---",
               "async*f/<@https://acme.example/static/x.js:1:2",
               "@",
               "*"};
    for (int i = 0; i < 2'000; ++i) {
        QByteArray stack;
        for (auto parts = random() % 60; parts > 0; --parts) {
            const QByteArray& piece =
                pieces[static_cast<qsizetype>(random() % static_cast<std::size_t>(pieces.size()))];
            stack += random() % 4 == 0 ? piece.left(static_cast<qsizetype>(random() % 40)) : piece;
            if (random() % 3 != 0)
                stack += '\n';
        }
        if (i % 100 == 0)
            stack = stack.repeated(300); // more than is read
        const std::vector<StackSection> sections = stackSections(stack);
        QVERIFY(!sections.empty() && sections.size() <= 64);
        for (const StackSection& section : sections) {
            for (const QByteArrayView part : {section.className, section.message, section.frames})
                QVERIFY(part.isEmpty() || (part.begin() >= stack.constBegin() && part.end() <= stack.constEnd()));
            eachFrame(section, [&](QByteArrayView line) {
                if (rules.isInApp(line, section.language))
                    [&] { QVERIFY(!frameName(line, section.language).isEmpty()); }();
                return true;
            });
        }
        (void)readCauseChain(stack);
    }
}

QTEST_GUILESS_MAIN(TstStackLanguages)
#include "tst_stacklanguages.moc"
