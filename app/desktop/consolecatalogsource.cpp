// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/consolecatalogsource.h"

#include "app/console/catalogs.h"

#include <QDateTime>
#include <QSaveFile>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

tl::unexpected<Error> firstError(const std::vector<FileIssue>& issues)
{
    for (const FileIssue& issue : issues) {
        if (issue.severity == IssueSeverity::Error)
            return fail(ErrorCode::InvalidConfig, issue.toString());
    }
    return fail(ErrorCode::Internal, u"the catalog could not be read"_s);
}

} // namespace

/// News comes four times a second while a broker is busy; the files are not read as often.
Result<std::shared_ptr<const views::CatalogPicture>> ConsoleCatalogSource::picture(std::stop_token stop)
{
    constexpr Millis fresh{5'000};
    const UtcTime now = m_holder.clock().now();
    const std::lock_guard lock(m_mutex);
    if (m_last && now - m_lastAt < fresh && now >= m_lastAt)
        return m_last;
    auto picture = read(stop);
    if (picture) {
        m_last = *picture;
        m_lastAt = now;
    }
    return picture;
}

Result<std::shared_ptr<const views::CatalogPicture>> ConsoleCatalogSource::read(std::stop_token stop) const
{
    const Context& context = m_holder.context();
    const UtcTime now = m_holder.clock().now();
    auto reader = m_holder.reader();
    if (!reader)
        return tl::unexpected<Error>(reader.error());
    Checked<LintInput> input = readLintInput(context.workspace);
    if (!input.value)
        return firstError(input.issues);
    const auto facts = readDriftFacts(*reader, now);
    if (!facts)
        return tl::unexpected<Error>(facts.error());
    const auto card = workspaceScorecard(*reader, context, now);
    if (!card.value)
        return firstError(card.issues);
    constexpr Millis window{24LL * 3'600'000};
    const auto slos = sloRows(*reader, input.value->sources.model, window, now);
    const auto groups = lagGroups(*reader, input.value->sources.model);
    const auto letters = openLetterCounts(*reader);
    if (!slos || !groups || !letters || stop.stop_requested())
        return fail(ErrorCode::Cancelled, u"the store was not read whole"_s);
    auto picture = std::make_shared<views::CatalogPicture>();
    picture->lint = lintCatalog(input.value->sources, input.value->policy,
                                QDateTime::fromMSecsSinceEpoch(toMs(now), Qt::UTC).date());
    picture->drift = findDrift(input.value->sources, input.value->policy, *facts);
    picture->texts = input.value->sources.texts();
    picture->events = std::move(input.value->sources.events);
    picture->index = CatalogIndex(picture->events);
    picture->flow = FlowGraph(picture->events);
    picture->scorecard = *card.value;
    picture->folder = context.workspace.folder;
    picture->slos = *slos;
    picture->groups = *groups;
    picture->openLetters = *letters;
    picture->topics = facts->topics;
    return std::shared_ptr<const views::CatalogPicture>(std::move(picture));
}

Status ConsoleCatalogSource::apply(const std::vector<YamlText>& texts, const FixIt& fix, std::stop_token)
{
    const std::lock_guard lock(m_mutex);
    m_last.reset();
    const auto saved = saveEdits(texts, fix.edits);
    if (!saved)
        return tl::unexpected<Error>(saved.error());
    return {};
}

Status ConsoleCatalogSource::write(const QString& file, const QByteArray& bytes)
{
    QSaveFile out(file);
    if (!out.open(QIODevice::WriteOnly) || out.write(bytes) != bytes.size() || !out.commit())
        return fail(ErrorCode::Unreachable, u"%1 cannot be written: %2"_s.arg(file, out.errorString()));
    return {};
}

} // namespace spillway
