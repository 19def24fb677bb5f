// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/catalog/catalogsource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"

#include <QTimer>

#include <map>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLineEdit;
class QPushButton;

namespace spillway::views {

class CommandLine;
class PlainTextLabel;

/// A new event before it is published: its facts to the left, judged as they are typed; to the right what it will cost,
/// what lint says of it, and the lines that would be written, to be copied or written.
class RegistrationPane final : public QWidget
{
    Q_OBJECT
public:
    /// @param source  outlives the pane.
    RegistrationPane(const ViewContext& context, CatalogSource& source, QWidget* parent = nullptr);

    /// Names to choose from: those that the files know.
    void offerNames(const CatalogPicture& picture);
    [[nodiscard]] bool isSettled() const { return !m_load.isRunning() && !m_apply.isRunning() && !m_wait.isActive(); }

Q_SIGNALS:
    void said(const QString& sentence);
    /// It stands in the files now.
    void registered(const QString& eventType);

private:
    QWidget* buildForm();
    QWidget* buildPreview();
    PlainTextLabel* addRow(QFormLayout* form, RegistrationField field, const QString& label, QWidget* edit);
    [[nodiscard]] Registration typed() const;
    void ask();
    void showPlan(Result<std::shared_ptr<const PlannedRegistration>> planned);
    void showFaults(const std::vector<RegistrationFault>& faults);
    void showPreview(const QString& headline, const QString& details, const QString& change);
    void copyChange();
    void askToApply();
    void updateCommand();

    ViewContext m_context;
    CatalogSource& m_source;
    QLineEdit* m_event = nullptr;
    QComboBox* m_team = nullptr;
    QComboBox* m_service = nullptr;
    QLineEdit* m_readers = nullptr;
    QLineEdit* m_volume = nullptr;
    QLineEdit* m_bytes = nullptr;
    QLineEdit* m_days = nullptr;
    QLineEdit* m_domain = nullptr;
    QComboBox* m_topic = nullptr;
    QCheckBox* m_startsSchema = nullptr;
    std::map<RegistrationField, PlainTextLabel*> m_faults;
    PlainTextLabel* m_headline = nullptr;
    PlainTextLabel* m_details = nullptr;
    PlainTextLabel* m_change = nullptr;
    PlainTextLabel* m_why = nullptr; ///< why it cannot be written here
    QPushButton* m_copy = nullptr;
    QPushButton* m_write = nullptr;
    CommandLine* m_command = nullptr;
    std::shared_ptr<const PlannedRegistration> m_planned; // second owner: a write under way
    QTimer m_wait;                                        // until the reader pauses
    AsyncLoad<std::shared_ptr<const PlannedRegistration>> m_load;
    AsyncLoad<QStringList> m_apply;
};

/// `100 000`, `1e6`, `1.5`; empty is no number. nullopt also for what is none.
[[nodiscard]] std::optional<double> typedNumber(const QString& text);

} // namespace spillway::views
