// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/startactions.h"

#include "app/console/connectioncheck.h"
#include "app/console/context.h"
#include "model/base/wholefile.h"
#include "model/workspace/template.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

/// The template in `folder`, with these brokers in place of its example.
Result<QString> writeWorkspace(const QString& folder, const QString& servers)
{
    static const QRegularExpression brokers(u"\\A[A-Za-z0-9_.\\-]+:[0-9]{1,5}(,[A-Za-z0-9_.\\-]+:[0-9]{1,5})*\\z"_s);
    if (!brokers.match(servers).hasMatch())
        return fail(ErrorCode::InvalidConfig,
                    u"'%1' names no brokers; write host:port, several with commas between"_s.arg(servers));
    if (const auto written = writeTemplate(folder); !written)
        return tl::unexpected<Error>(written.error());
    const QString path = QDir(folder).absoluteFilePath(u"spillway.yaml"_s);
    QFile in(path);
    if (!in.open(QIODevice::ReadOnly))
        return fail(ErrorCode::Unreachable, u"%1 cannot be read: %2"_s.arg(path, in.errorString()));
    QString text = QString::fromUtf8(in.readAll());
    static const QRegularExpression example(u"^(\\s*bootstrap_servers:\\s*)\\S+"_s,
                                            QRegularExpression::MultilineOption);
    text.replace(example, u"\\1"_s + servers);
    if (const Status saved = writeWhole(path, text.toUtf8()); !saved)
        return tl::unexpected<Error>(saved.error());
    return path;
}

QString stepText(const KafkaCheckStep& step)
{
    QString outcome;
    switch (step.outcome) {
    case KafkaCheckStep::Outcome::Ok:
        outcome = u"ok"_s;
        break;
    case KafkaCheckStep::Outcome::Failed:
        outcome = u"failed"_s;
        break;
    case KafkaCheckStep::Outcome::Skipped:
        outcome = u"not tried"_s;
        break;
    }
    return u"%1: %2. %3"_s.arg(step.name, outcome, step.text);
}

} // namespace

Result<views::ConnectionTest> WorkspaceStartActions::testConnection(const QString& bootstrapServers,
                                                                    std::stop_token stop)
{
    const QTemporaryDir folder;
    const auto file = writeWorkspace(folder.filePath(u"try"_s), bootstrapServers);
    if (!file)
        return tl::unexpected<Error>(file.error());
    const Checked<Context> context = openContext(*file, folder.filePath(u"state"_s));
    if (!context.value)
        return fail(ErrorCode::Internal, context.issues.empty() ? QString() : context.issues.front().toString());
    views::ConnectionTest test{.isOk = true, .steps = {}};
    for (const KafkaCheckReport& report : checkConnections(*context.value, stop)) {
        test.isOk = test.isOk && report.isOk();
        for (const KafkaCheckStep& step : report.steps)
            test.steps << stepText(step);
    }
    return test;
}

Result<QString> WorkspaceStartActions::create(const views::NewWorkspace& workspace)
{
    QString folder = workspace.folder;
    if (folder.startsWith(u"~/"_s))
        folder = QDir::homePath() + folder.mid(1);
    return writeWorkspace(folder, workspace.bootstrapServers);
}

} // namespace spillway
