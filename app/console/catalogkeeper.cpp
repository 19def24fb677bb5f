// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/catalogkeeper.h"

#include "app/console/catalogs.h"
#include "app/console/costs.h"
#include "app/console/filestamps.h"

#include <QDateTime>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr Millis sloWindow{24LL * 3'600'000};

QDate dayOf(UtcTime now)
{
    return QDateTime::fromMSecsSinceEpoch(toMs(now), Qt::UTC).date();
}

FileIssue issueOf(const Workspace& workspace, const Error& error)
{
    return {.place = {.file = workspace.file}, .message = error.detail, .remedy = u"see above"_s};
}

/// Everything `judgeCatalog` reads. Schemas outside the folder are found by the catalog that was read last; another
/// catalog moves the stamp anyway.
QStringList filesBehind(const Workspace& workspace, const JudgedCatalog* last)
{
    QStringList files{workspace.ownershipFile, workspace.catalogFile, workspace.pricingFile, workspace.schemasFolder};
    for (const QString& name : {u"/catalog-lint.yaml"_s, u"/contacts.yaml"_s})
        files += workspace.folder + name;
    if (!last)
        return files;
    for (const JoinedEvent& event : last->sources.events) {
        const QString& schema = event.schema.file;
        if (!schema.isEmpty() &&
            (workspace.schemasFolder.isEmpty() || !schema.startsWith(workspace.schemasFolder + u'/')))
            files += schema;
    }
    return files;
}

void addCosts(const Context& context, JudgedCatalog& judged)
{
    Context with = context; // the console's own catalog is as old as the console
    with.catalog = judged.sources.model;
    const Checked<CostBill> bill = workspaceBill(with, CostQuestion{});
    if (bill.value) {
        judged.costs = eventCosts(*bill.value);
        judged.cost = reportOf(*bill.value);
        return;
    }
    for (const FileIssue& issue : bill.issues) {
        if (issue.severity == IssueSeverity::Error && judged.costFault.isEmpty())
            judged.costFault = issue.toString();
    }
}

} // namespace

Checked<std::shared_ptr<const JudgedCatalog>> judgeCatalog(const Context& context, UtcTime now)
{
    Checked<LintInput> input = readLintInput(context.workspace);
    Checked<ContactLinks> contacts = readContactLinks(context.workspace);
    input.issues.insert(input.issues.end(), contacts.issues.begin(), contacts.issues.end());
    if (!input.value || !contacts.value)
        return {std::nullopt, std::move(input.issues)};
    auto judged = std::make_shared<JudgedCatalog>();
    judged->sources = std::move(input.value->sources);
    judged->policy = std::move(input.value->policy);
    judged->contacts = std::move(*contacts.value);
    judged->lint = lintCatalog(judged->sources, judged->policy, dayOf(now));
    judged->index = CatalogIndex(judged->sources.events);
    judged->flow = FlowGraph(judged->sources.events);
    addCosts(context, *judged);
    return {std::shared_ptr<const JudgedCatalog>(std::move(judged)), std::move(input.issues)};
}

Checked<std::shared_ptr<const JudgedCatalog>> CatalogKeeper::current(const Context& context, UtcTime now)
{
    const std::lock_guard lock(m_mutex);
    const QDate day = dayOf(now);
    if (m_last && m_day == day && stampOf(filesBehind(context.workspace, m_last.get())) == m_stamp)
        return {m_last, {}};
    const QByteArray before = stampOf(filesBehind(context.workspace, m_last.get()));
    Checked<std::shared_ptr<const JudgedCatalog>> judged = judgeCatalog(context, now);
    if (!judged.value) {
        m_last.reset();
        return judged;
    }
    // With schemas outside the folder that only this reading has found, the stamp differs once more, and that is seen
    // as a change next time: read once too often rather than once too seldom.
    m_last = *judged.value;
    m_stamp = before;
    m_day = day;
    return judged;
}

Checked<CatalogPicture> catalogPicture(Database& reader, const Context& context,
                                       std::shared_ptr<const JudgedCatalog> files, InvoiceComparisons& comparisons,
                                       UtcTime now, std::stop_token stop)
{
    const auto failed = [&context](const Error& error) {
        return Checked<CatalogPicture>{std::nullopt, {issueOf(context.workspace, error)}};
    };
    CatalogPicture picture;
    auto observed = readDriftFacts(reader, now);
    if (!observed)
        return failed(observed.error());
    picture.observed = std::move(*observed);
    picture.drift = findDrift(files->sources, files->policy, picture.observed);
    if (stop.stop_requested())
        return failed({ErrorCode::Cancelled, u"the store was not read whole"_s});
    auto slos = sloRows(reader, files->sources.model, sloWindow, now);
    auto groups = lagGroups(reader, files->sources.model);
    auto letters = openLetterCounts(reader);
    if (!slos)
        return failed(slos.error());
    if (!groups)
        return failed(groups.error());
    if (!letters)
        return failed(letters.error());
    picture.slos = std::move(*slos);
    picture.matrix = teamMatrix(files->sources.events, picture.slos);
    picture.groups = std::move(*groups);
    picture.openLetters = std::move(*letters);
    picture.files = std::move(files);
    auto card = scorecardOf(reader, context, picture, comparisons, now);
    if (!card)
        return failed(card.error());
    picture.scorecard = std::move(*card);
    return {std::move(picture), {}};
}

} // namespace spillway
