// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/catalog/eventpane.h"

#include "model/base/text.h"
#include "views/catalog/catalogwidgets.h"
#include "views/widgets/plaintextlabel.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QSlider>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

EventPane::EventPane(const ViewContext& context, CatalogSource& source, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_source(source)
    , m_versionLoad([this](Result<EventVersion> version) { showVersion(std::move(version)); })
    , m_historyLoad([this](Result<EventHistory> history) { showHistory(std::move(history)); })
{
    auto* inner = new QWidget(this);
    m_title = new PlainTextLabel({}, TextSize::Title, PlainTextLabel::Ink::Text, inner);
    m_title->setFont(uiFont(TextSize::Title, true));
    m_title->setElided(true);
    m_about = sheetLabel(u"eventAbout"_s, inner);
    m_about->setInk(PlainTextLabel::Ink::Muted);
    m_rest = new QWidget(inner);
    m_owner = sheetLabel(u"eventOwner"_s, m_rest);
    m_contactRow = new QWidget(m_rest);
    m_contacts = new QHBoxLayout(m_contactRow);
    m_contacts->setContentsMargins(0, 0, 0, 0);
    m_contacts->setSpacing(8);
    m_partBox = new QVBoxLayout;
    m_partBox->setContentsMargins(0, 0, 0, 0);
    m_partBox->setSpacing(4);
    m_history = sheetLabel(u"eventHistory"_s, m_rest);
    auto* rest = new QVBoxLayout(m_rest);
    rest->setContentsMargins(0, 0, 0, 0);
    rest->setSpacing(4);
    rest->addWidget(sheetHeading(tr("Owner"), m_rest));
    rest->addWidget(m_owner);
    rest->addWidget(m_contactRow);
    rest->addLayout(m_partBox);
    rest->addWidget(buildVersions());
    rest->addWidget(sheetHeading(tr("History in Git"), m_rest));
    rest->addWidget(m_history);
    auto* column = new QVBoxLayout(inner);
    column->setContentsMargins(16, 8, 8, 8);
    column->setSpacing(4);
    column->addWidget(m_title);
    column->addWidget(m_about);
    column->addWidget(m_rest);
    column->addStretch(1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scrolled(inner, this));
    showNothing({});
}

QWidget* EventPane::buildVersions()
{
    auto* box = new QWidget(m_rest);
    m_versionRow = new QWidget(box);
    m_slider = new QSlider(Qt::Horizontal, m_versionRow);
    m_slider->setObjectName(u"eventVersion"_s);
    m_slider->setAccessibleName(tr("Version of the schema"));
    m_slider->setPageStep(1);
    m_slider->setTickPosition(QSlider::TicksBelow);
    m_slider->setTickInterval(1);
    connect(m_slider, &QSlider::valueChanged, this, [this](int at) {
        if (!m_isPlacing && at >= 0 && at < static_cast<int>(m_versions.size()))
            askVersion(m_versions[static_cast<std::size_t>(at)]);
    });
    m_versionText = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Text, m_versionRow);
    m_versionText->setObjectName(u"eventVersionText"_s);
    m_openSchemas = new QPushButton(tr("Open in Schemas"), m_versionRow);
    m_openSchemas->setObjectName(u"openSchemas"_s);
    connect(m_openSchemas, &QPushButton::clicked, this, [this] { Q_EMIT linkActivated({u"schemas"_s, m_event}); });
    auto* row = new QHBoxLayout(m_versionRow);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_versionText);
    row->addWidget(m_slider, 1);
    row->addWidget(m_openSchemas);
    m_changes = sheetLabel(u"eventChanges"_s, box);
    m_fields = sheetLabel(u"eventFields"_s, box);
    m_fields->setFont(monoFont(TextSize::Small));
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(sheetHeading(tr("Schema"), box));
    layout->addWidget(m_versionRow);
    layout->addWidget(m_changes);
    layout->addWidget(m_fields);
    return box;
}

void EventPane::showNothing(const QString& why)
{
    m_event.clear();
    m_files.reset();
    m_versionLoad.cancel();
    m_historyLoad.cancel();
    m_title->setText({});
    m_about->setText(why);
    m_rest->setVisible(false);
}

void EventPane::show(const std::shared_ptr<const CatalogPicture>& picture, const QString& eventType)
{
    const auto facts = eventFactsOf(*picture, eventType);
    if (!facts) {
        showNothing({});
        return;
    }
    const UtcTime now = m_context.settings.now();
    const JoinedEvent& event = facts->event;
    m_title->setText(event.eventType);
    m_about->setText((event.description.isEmpty() ? tr("No description.") : event.description) + u'\n' +
                     tr("Domain %1").arg(event.domain.isEmpty() ? tr("not known") : event.domain) +
                     (event.tags.isEmpty() ? QString() : tr("; tags %1").arg(event.tags.join(u", "_s))));
    m_owner->setText(ownerText(*facts));
    showContacts(*facts);
    showParts(eventSheet(*facts, m_context.settings.timeText(), now));
    m_rest->setVisible(true);
    if (m_event == eventType && m_files == picture->files)
        return;
    const bool isOther = m_event != eventType;
    m_event = eventType;
    m_files = picture->files;
    if (isOther) {
        m_versions.clear();
        m_versionRow->setVisible(false);
        m_changes->setText(tr("Reading the schema…"));
        m_fields->setText({});
        m_history->setText(tr("Reading the repository…"));
    }
    const bool keepsVersion = !isOther && !m_versions.empty();
    askVersion(keepsVersion ? std::optional(m_versions[static_cast<std::size_t>(m_slider->value())])
                            : event.currentVersion);
    m_historyLoad.ask([source = &m_source, event](std::stop_token stop) { return source->history(event, stop); });
}

void EventPane::showParts(const std::vector<SheetPart>& parts)
{
    while (m_parts.size() < parts.size()) {
        auto* heading = sheetHeading({}, m_rest);
        auto* text = sheetLabel(u"eventPart%1"_s.arg(m_parts.size()), m_rest);
        m_partBox->addWidget(heading);
        m_partBox->addWidget(text);
        m_parts.emplace_back(heading, text);
    }
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
        m_parts[i].first->setVisible(i < parts.size());
        m_parts[i].second->setVisible(i < parts.size());
        m_parts[i].first->setText(i < parts.size() ? parts[i].title : QString());
        m_parts[i].second->setText(i < parts.size() ? parts[i].text : QString());
    }
}

void EventPane::showContacts(const EventFacts& facts)
{
    if (facts.contacts == m_shownContacts)
        return; // a button that has the keyboard keeps it
    m_shownContacts = facts.contacts;
    while (QLayoutItem* item = m_contacts->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    bool hasAny = false;
    for (const Contact& contact : facts.contacts) {
        if (contact.address.isEmpty())
            continue;
        hasAny = true;
        auto* button = new QPushButton(contact.kind == Contact::Kind::OnCall ? tr("Open the on-call page…")
                                                                             : tr("Open the channel…"),
                                       m_contactRow);
        button->setToolTip(plainToolTip(contact.address));
        button->setObjectName(contact.kind == Contact::Kind::OnCall ? u"openOnCall"_s : u"openChannel"_s);
        connect(button, &QPushButton::clicked, this, [this, contact] { askToOpen(contact); });
        m_contacts->addWidget(button);
    }
    m_contacts->addStretch(1);
    m_contactRow->setVisible(hasAny);
}

/// A file may say anything: the address is read before it is opened.
void EventPane::askToOpen(const Contact& contact)
{
    ConfirmRequest request;
    request.title = tr("Open this address in the browser?");
    request.consequence = tr("It comes from ownership.yaml and contacts.yaml. What opens is what stands here.");
    request.facts = {{tr("Address"), visibleText(contact.address)}, {tr("Of"), visibleText(contact.name)}};
    request.actionText = tr("Open the address");
    m_context.prompter.confirm(this, request, [this, address = contact.address](const ConfirmAnswer& answer) {
        if (answer.isAccepted)
            m_context.prompter.openAddress(address);
    });
}

void EventPane::askVersion(std::optional<int> version)
{
    m_versionLoad.ask([source = &m_source, event = m_event, version](std::stop_token stop) {
        auto found = source->version(event, version, stop);
        // The catalog may name a version that is not there (a finding says so): then the newest there is.
        if (!found && version && found.error().code == ErrorCode::NotFound)
            found = source->version(event, std::nullopt, stop);
        return found;
    });
}

void EventPane::showVersion(Result<EventVersion> version)
{
    if (!version) {
        m_versions.clear();
        m_versionRow->setVisible(false);
        m_fields->setText({});
        m_changes->setText(version.error().detail);
        return;
    }
    m_versions = version->versions;
    const auto at = std::find(m_versions.begin(), m_versions.end(), version->version) - m_versions.begin();
    m_isPlacing = true;
    m_slider->setRange(0, static_cast<int>(m_versions.size()) - 1);
    m_slider->setValue(static_cast<int>(at));
    m_isPlacing = false;
    m_slider->setVisible(m_versions.size() > 1);
    m_versionText->setText(
        m_versions.size() > 1
            ? tr("v%1 of v%2–v%3").arg(version->version).arg(m_versions.front()).arg(m_versions.back())
            : tr("v%1, the only version").arg(version->version));
    m_versionRow->setVisible(true);
    m_changes->setText(changesText(*version));
    m_fields->setText(fieldsText(*version));
}

void EventPane::showHistory(Result<EventHistory> history)
{
    m_history->setText(history ? historyText(*history, m_context.settings.timeText(), m_context.settings.now())
                               : tr("There is no history to show: %1").arg(history.error().detail));
}

} // namespace spillway::views
